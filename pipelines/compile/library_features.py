"""The feature blocks of a library as C: each behind a function, of a whole window and of a frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.blocks import CFrames, CPart, FeatureBlock
from pipelines.compile.c_names import comment_text
from pipelines.compile.fill import filled
from pipelines.compile.kernel_text import native_text
from pipelines.spec import PipelineSpec


@dataclass(frozen=True, slots=True)
class Part:
    """One feature block in the library.

    Args:
        number: its place among the blocks that the learning block reads.
        name: what the pipeline calls it.
        c: its C.
        frames: the frames that neighbouring windows share; None where it needs the whole window.
        offset, size: where its features begin in the window's, and how many there are.
    """

    number: int
    name: str
    c: CPart
    frames: CFrames | None
    offset: int
    size: int

    @property
    def config(self) -> str:
        return _config_name(self.number)


def feature_parts(spec: PipelineSpec) -> list[Part]:
    """The feature blocks that the learning block reads, in its order."""
    blocks = spec.feature_blocks()
    stride = spec.input.stride_length
    parts = []
    offset = 0
    for number, name in enumerate(spec.learning[0].inputs):
        block: FeatureBlock = blocks[name]
        config = _config_name(number)
        frames = block.c_frames(config, stride)
        parts.append(Part(number, name, block.c_part(config), frames, offset, block.output_size))
        offset += block.output_size
    return parts


def features_files(
    name: str, parts: list[Part], features_place: int, scratch_place: int
) -> Mapping[str, str]:
    """``{name}_features.h`` and ``.c``, and the blocks' own files.

    Args:
        name: of the library.
        parts: its blocks.
        features_place, scratch_place: where they lie in the workspace, in floats.
    """
    headers = dict.fromkeys(header for part in parts for header in part.c.headers)
    values = {
        "name": name,
        "NAME": name.upper(),
        "features_place": str(features_place),
        "scratch_place": str(scratch_place),
        "includes": "".join(f'#include "{header}"\n' for header in headers),
        "configs": "\n".join(_configs(part) for part in parts),
        "constant_memory": native_text("constant_memory.h")[1],
        "declarations": "\n".join(_declarations(name, part) for part in parts),
        "functions": "\n".join(_functions(name, part) for part in parts),
        "extract": "".join(
            f"    {name}_features_{part.number}(workspace, samples, features + {part.offset});\n"
            for part in parts
        ),
    }
    files = {f"{name}_features.{ending}": filled(f"features.{ending}", values) for ending in ("h", "c")}
    for part in parts:
        files |= {**part.c.headers, **part.c.sources}
    return files


def _config_name(number: int) -> str:
    return f"config_{number}"


def _configs(part: Part) -> str:
    frame = f"\n{part.frames.config_definition}" if part.frames else ""
    return f"/* Block {part.number}, {comment_text(part.name)}. */\n{part.c.config_definition}{frame}"


def _declarations(name: str, part: Part) -> str:
    text = f"/* Block {part.number}, {comment_text(part.name)}: {part.size} values"
    if part.frames is None:
        return f"{text}, which depend on the whole window. */\n{_signature(name, part, '')};\n"
    frames = part.frames
    return (
        f"{text}, {frames.size} for each of {frames.count} frame(s).\n"
        f" * A frame depends on {frames.length} point(s) in time; the next begins {frames.stride} later. */\n"
        f"{_signature(name, part, '')};\n{_signature(name, part, '_frame')};\n"
    )


def _functions(name: str, part: Part) -> str:
    whole = _function(name, part, "", part.config)
    return whole + ("\n" + _function(name, part, "_frame", part.frames.config) if part.frames else "")


def _function(name: str, part: Part, ending: str, config: str) -> str:
    scratch = f"workspace->floats + {name.upper()}_SCRATCH_PLACE"
    return (
        f"{_signature(name, part, ending)}\n"
        f"{{\n    {part.c.function}(&{config}, samples, features, {scratch});\n}}\n"
    )


def _signature(name: str, part: Part, ending: str) -> str:
    return f"void {name}_features_{part.number}{ending}({name}_workspace *workspace, const float *samples, float *features)"
