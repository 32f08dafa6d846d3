"""A first pipeline for some recordings: sensible, and with its reasons in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.signals import Dataset
from pipelines.spec import PipelineSpec, load_spec

SOUND_FROM_HZ = 4000
SOUND_WINDOW_MS = 1000
MOTION_WINDOW_MS = 2000
LONG_MOTION_WINDOW_MS = 4000
LONG_RECORDING_MS = 8000
"""Recordings of so long show something that goes on, such as walking, which a longer window tells better."""
SHORTEST_WINDOW_VALUES = 16
MOTION_STEPS_LIMIT = 2000
"""Above this many steps a network on the raw signal is slow; spectral features are small whatever the window."""


class NoSuggestionError(ValueError):
    """There is no data, or none that one pipeline could read."""


@dataclass(frozen=True, slots=True)
class RecordingKind:
    """Recordings that have rate and channels in common, and how many they are."""

    sample_rate_hz: float
    channels: tuple[str, ...]
    count: int


def kinds_of(dataset: Dataset) -> list[RecordingKind]:
    """The kinds of a dataset's recordings."""
    counts = Counter((sample.sample_rate_hz, sample.channels) for sample in dataset)
    return [RecordingKind(rate, channels, count) for (rate, channels), count in counts.items()]


@dataclass
class _Advice:
    reasons: list[str] = field(default_factory=list)

    def because(self, reason: str) -> None:
        self.reasons.append(reason)


def suggest(kinds: Sequence[RecordingKind], durations_ms: Sequence[float]) -> tuple[PipelineSpec, list[str]]:
    """A pipeline for recordings of these kinds and lengths, and why it is so.

    Raises:
        NoSuggestionError: in words for the user.
    """
    if not kinds or not durations_ms:
        raise NoSuggestionError("there are no samples yet; add recordings first")
    advice = _Advice()
    rate = _rate_hz(kinds, advice)
    channels = _channels(kinds, rate, advice)
    durations = sorted(durations_ms)
    is_sound = rate >= SOUND_FROM_HZ and len(channels) <= 2
    window_ms = _window_ms(durations, rate, is_sound, advice)
    stride_ms = _stride_ms(durations, window_ms, rate, advice)
    document = {
        "version": 1,
        "input": {
            "channels": channels,
            "sample_rate_hz": rate,
            "window_ms": window_ms,
            "stride_ms": stride_ms,
        },
        **_blocks(is_sound, round(window_ms * rate / 1000), advice),
        "postprocess": {
            "smooth_windows": 1 if window_ms >= min(durations[-1], 60_000) else 3,
            "threshold": 0.6,
        },
    }
    return load_spec(document), advice.reasons


def _rate_hz(kinds: Sequence[RecordingKind], advice: _Advice) -> float:
    counts: Counter[float] = Counter()
    for kind in kinds:
        counts[kind.sample_rate_hz] += kind.count
    rate = counts.most_common(1)[0][0]
    if len(counts) > 1:
        advice.because(
            f"Most recordings have {rate:g} Hz; {sum(counts.values()) - counts[rate]} have another rate "
            "and would have to be left out or resampled."
        )
    return rate


def _channels(kinds: Sequence[RecordingKind], rate: float, advice: _Advice) -> list[str]:
    """The channels that every recording of that rate has, in the order of the most frequent set."""
    ranked = sorted((kind for kind in kinds if kind.sample_rate_hz == rate), key=lambda kind: -kind.count)
    common = [name for name in ranked[0].channels if all(name in kind.channels for kind in ranked)]
    if not common:
        raise NoSuggestionError(
            "the recordings have no channel in common; leave those out that do not belong together"
        )
    if len(common) > 64:
        advice.because("The first 64 of the channels are used: more is not possible.")
    elif len(ranked) > 1:
        advice.because(
            f"Only {', '.join(common)} are in every recording, so the other channels are not used."
        )
    elif len(common) > 1:
        advice.because(f"All {len(common)} channels are used: {', '.join(common)}.")
    return common[:64]


def _window_ms(durations: list[float], rate: float, is_sound: bool, advice: _Advice) -> float:
    """The usual length for that kind of signal, or the recordings' own where they are all about as long."""
    median = durations[len(durations) // 2]
    long = durations[len(durations) * 9 // 10]
    motion = LONG_MOTION_WINDOW_MS if median >= LONG_RECORDING_MS else MOTION_WINDOW_MS
    usual = SOUND_WINDOW_MS if is_sound else motion
    shortest = max(1.0, 1000 * SHORTEST_WINDOW_VALUES / rate)
    if long <= 1.5 * usual:
        window = _rounded(long)
        advice.because(
            f"Nine of ten recordings are no longer than {long:.4g} ms, so one window holds a whole one."
        )
    elif median <= 1.5 * usual:
        window = _rounded(median)
        advice.because(
            f"Half of the recordings are shorter than {median:.4g} ms, so one window holds a whole one."
        )
    elif usual < 8 * shortest:
        # So slow a signal says little in two seconds: take as many values as a network can use.
        window = _rounded(min(median, max(usual, 4 * shortest)))
        advice.because(
            f"At {rate:g} Hz a window of {window:g} ms has {round(window * rate / 1000)} values a channel, "
            "enough to see a movement in."
        )
    else:
        window = float(usual)
        what = "sound" if is_sound else "movement"
        advice.because(f"A window of {window / 1000:g} s holds a typical {what}; the recordings are longer.")
    return min(60_000.0, max(window, min(shortest, _rounded(median))))


def _rounded(milliseconds: float) -> float:
    """To the nearest 100 ms, or 10 or 1 where that is too coarse."""
    step = next((step for step in (100, 10, 1) if milliseconds >= 5 * step), 1)
    return max(1.0, float(round(milliseconds / step) * step))


def _stride_ms(durations: list[float], window_ms: float, rate: float, advice: _Advice) -> float:
    share = 2 if durations[len(durations) // 2] > 8 * window_ms else 4
    stride = max(1.0, 1000 / rate, float(round(window_ms / share)))
    advice.because(
        f"A new window starts every {stride:g} ms, so each overlaps the one before by {100 - 100 // share} %."
    )
    return min(stride, 60_000.0)


def _blocks(is_sound: bool, length: int, advice: _Advice) -> dict[str, Any]:
    if is_sound:
        advice.because(
            f"At {SOUND_FROM_HZ} Hz and more it is sound: Audio (MFE) turns it into a picture of its frequencies, "
            "and dscnn-small is a network made for such pictures."
        )
        feature, preset, augment = {"block": "mfe", "name": "sound"}, "dscnn-small", "light"
    elif length < SHORTEST_WINDOW_VALUES // 2:
        advice.because(
            f"With {length} values a channel there is no movement to follow, so dense-small, a plain network, is enough."
        )
        feature, preset, augment = {"block": "raw", "name": "values"}, "dense-small", "none"
    elif length <= MOTION_STEPS_LIMIT:
        advice.because(
            "The network conv1d-small finds patterns in the raw signal by itself; "
            "on movement it does better than features made by hand."
        )
        feature, preset, augment = {"block": "raw", "name": "motion"}, "conv1d-small", "light"
    else:
        advice.because(
            f"{length:,} values a channel are many for a network; spectral analysis says the same in few numbers."
        )
        feature, preset, augment = {"block": "spectral", "name": "motion"}, "dense-small", "none"
    return {
        "features": [feature],
        "learning": [
            {
                "block": "classifier",
                "name": "label",
                "inputs": [feature["name"]],
                "params": {"preset": preset, "augment": augment},
            }
        ],
    }
