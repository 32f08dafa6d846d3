"""What a caller must know of the model."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Metadata:
    """
    Attributes:
        project: the name of the project that it came from.
        variant: type of the model's numbers, ``int8`` or ``float32``.
        labels: the classes, in the order of the probabilities.
        channels: in the order of the samples of one point in time.
        units: of each channel, as recorded; empty where unknown.
        window_length, stride_length: points in time in a window, and between the starts of two windows of a stream.
        smooth_windows: how many windows a stream's decision averages over.
        threshold: below this average, a stream's decision is None.
        is_sound: whether it listens: one channel at the rate of sound.
    """

    project: str
    variant: str
    labels: tuple[str, ...]
    channels: tuple[str, ...]
    units: tuple[str, ...]
    sample_rate_hz: float
    window_length: int
    stride_length: int
    window_ms: float
    stride_ms: float
    smooth_windows: int
    threshold: float
    is_sound: bool


def _loaded() -> Metadata:
    document = json.loads((FOLDER / "pipeline.json").read_text(encoding="utf-8"))
    lists = {name: tuple(document[name]) for name in ("labels", "channels", "units")}
    return Metadata(**{**document, **lists})


METADATA = _loaded()
