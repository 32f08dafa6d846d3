"""The network as it was trained: float32 weights and activations."""

from __future__ import annotations

from pipelines.compress.convert import converter_of
from pipelines.learn.runtime import quiet
from pipelines.learn.trained import Trained


def to_tflite_float32(trained: Trained) -> bytes:
    """A ``.tflite`` model: scaled features ``float32[1, *shape]`` to probabilities ``float32[1, labels]``."""
    with quiet():
        return bytes(converter_of(trained).convert())
