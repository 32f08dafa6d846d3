"""Tables and costs of ``native/thimble_fft``, and the Hann window."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipelines.features.native_config import NativeConfig, table

FftLength = Literal[16, 32, 64, 128, 256, 512, 1024, 2048, 4096]


def fft_config(length: int) -> NativeConfig:
    """``thimble_fft_config`` for ``length`` real points; the layout of the twiddles is told in its header."""
    parts: list[NDArray[np.float64]] = []
    points = length // 2
    while points >= 4:
        angles = 2 * np.pi * np.arange(points // 4) / points
        for factor in (1, 2, 3):
            parts += [np.cos(factor * angles), -np.sin(factor * angles)]
        points //= 4
    angles = 2 * np.pi * np.arange(length // 4 + 1) / length
    parts += [np.cos(angles), -np.sin(angles)]
    return NativeConfig(
        "thimble_fft_config", {"length": length, "twiddles": table(np.concatenate(parts), np.float32)}
    )


def fft_multiplications(length: int) -> int:
    """Multiplications in one power spectrum of ``length`` real points.

    12 for each butterfly of four, of which each step has ``length / 8``; 10 to untangle each of ``length / 4``
    pairs of bins; one each for the first and the last bin.
    """
    steps = ((length // 2).bit_length() - 1) // 2
    return 12 * (length // 8) * steps + 10 * (length // 4) + 2


def hann(length: int) -> NDArray[np.float64]:
    """The periodic Hann window, ``1/2 - 1/2 cos(2 pi i / length)``; one sample alone weighs 1."""
    if length == 1:
        return np.ones(1)
    window: NDArray[np.float64] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    return window
