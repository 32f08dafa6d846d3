"""Continuous inference as C: samples are pushed as they come, and every window that is complete gives a result.

What each feature block declares of its frames decides what is kept and computed, see
:meth:`pipelines.blocks.FeatureBlock.c_frames`. Frames that neighbouring windows share are computed once, as soon as
their samples are there, and kept in a ring; features that depend on a whole window are computed from its samples.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from pipelines.blocks import CFrames
from pipelines.compile.c_names import comment_text
from pipelines.compile.fill import filled
from pipelines.compile.library_features import Part
from pipelines.spec import InputSpec

_COMMENT_WIDTH = 115


@dataclass(frozen=True, slots=True)
class Continuous:
    """``{name}_continuous.h`` and ``.c`` of a library with these feature blocks."""

    name: str
    window: InputSpec
    parts: list[Part]

    @property
    def kept_points(self) -> int:
        """How many points in time are kept: the longest stretch that a block needs at once."""
        return max(part.frames.length if part.frames else self.window.window_length for part in self.parts)

    @property
    def kept_bytes(self) -> int:
        """The size of all that is kept of the signal: samples and frames of features."""
        samples = self.kept_points * len(self.window.channels)
        return 4 * (samples + sum(frames.count * frames.size for _, frames in self._framed))

    def files(self) -> dict[str, str]:
        """File name -> text."""
        values = {
            "name": self.name,
            "NAME": self.name.upper(),
            "kept_points": str(self.kept_points),
            "kept_bytes": str(self.kept_bytes),
            "how": self._how(),
            "members": "".join(_members(part, frames) for part, frames in self._framed),
            "start": "".join(_start(part) for part, _ in self._framed),
            "frames": "".join(self._compute_frames(part, frames) for part, frames in self._framed),
            "unroll": filled("continuous_unroll.c", {}) if self._framed else "",
            "advance": "".join(f"    compute_frames_{part.number}(state);\n" for part, _ in self._framed),
            "collect": "".join(self._collect(part) for part in self.parts),
            "first_needed": "".join(self._needs(part) for part in self.parts),
            "moved": "".join(f"    state->start_{part.number} -= first;\n" for part, _ in self._framed),
        }
        names = {ending: f"{self.name}_continuous.{ending}" for ending in ("h", "c")}
        return {file: filled(f"continuous.{ending}", values) for ending, file in names.items()}

    @property
    def _framed(self) -> list[tuple[Part, CFrames]]:
        return [(part, part.frames) for part in self.parts if part.frames]

    def _how(self) -> str:
        """What is computed when, in words; lines of a comment."""
        texts = []
        for part in self.parts:
            block = f"Block {part.number}, {comment_text(part.name)}: "
            if part.frames:
                frames = part.frames
                texts.append(
                    f"{block}each frame of {frames.length} point(s) is computed once, as soon as it is there, and kept "
                    f"for all windows that hold it: {frames.count} frame(s), "
                    f"{4 * frames.count * frames.size} bytes."
                )
            else:
                texts.append(
                    f"{block}its features depend on the whole window and are computed anew for each, from the last "
                    f"{self.window.window_length} points in time, which are kept for this."
                )
        texts.append(
            f"Kept of the signal: {self.kept_points} point(s) in time and the frames, {self.kept_bytes} bytes in all."
        )
        return "".join(
            textwrap.fill(text, _COMMENT_WIDTH, initial_indent=" * - ", subsequent_indent=" *   ") + "\n"
            for text in texts
        )

    def _compute_frames(self, part: Part, frames: CFrames) -> str:
        values = {
            "name": self.name,
            "NAME": self.name.upper(),
            "number": str(part.number),
            "block": comment_text(part.name),
            "length": str(frames.length),
            "stride": str(frames.stride),
            "count": str(frames.count),
            "size": str(frames.size),
            "gap": self._gap(part, frames),
        }
        return filled("continuous_frames.c", values)

    def _gap(self, part: Part, frames: CFrames) -> str:
        """Where windows lie apart, what is between their frames is left out."""
        gap = self.window.stride_length - frames.count * frames.stride
        if gap <= 0:
            return ""
        return (
            f"            state->start_{part.number} += {gap}; /* no window holds these points' frames */\n"
        )

    def _collect(self, part: Part) -> str:
        into = f"features + {part.offset}"
        if part.frames is None:
            start = "(state->filled - {0}_WINDOW_LENGTH) * {0}_CHANNELS".format(self.name.upper())
            return (
                f"    {self.name}_features_{part.number}(workspace, state->samples + {start},\n"
                f"        {into});\n"
            )
        frames = part.frames
        ring = f"state->frames_{part.number}, {frames.count * frames.size}"
        return f"    unroll({ring}, state->slot_{part.number} * {frames.size}, {into});\n"

    def _needs(self, part: Part) -> str:
        window = f"state->filled + state->until_end - {self.name.upper()}_WINDOW_LENGTH"
        start = f"state->start_{part.number}" if part.frames else window
        return f"    first = smaller(first, {start});\n"


def _members(part: Part, frames: CFrames) -> str:
    number = part.number
    return (
        f"    float frames_{number}[{frames.count * frames.size}]; /* block {number}: {frames.count} frame(s), a ring */\n"
        f"    int32_t slot_{number};  /* where in it the next goes, and the oldest is */\n"
        f"    int32_t start_{number}; /* where in samples the next begins, which may be beyond the last */\n"
    )


def _start(part: Part) -> str:
    return f"    state->slot_{part.number} = 0;\n    state->start_{part.number} = 0;\n"
