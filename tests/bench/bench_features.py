"""How many windows a second the feature blocks work through on one core: ``python -m tests.bench.bench_features``."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from pipelines.blocks import FeatureBlock, WindowShape
from pipelines.features.mfe import Mfe, MfeParams
from pipelines.features.spectral import Spectral, SpectralParams
from tests.bench.figure import Figure


def _best_windows_per_second(block: FeatureBlock, windows: int, repeats: int) -> float:
    shape = (windows, block.window.length, len(block.window.channels))
    batch = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    block.extract(batch[:1])
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        block.extract(batch)
        best = min(best, time.perf_counter() - start)
    return windows / best


def mfe_windows_per_second(windows: int = 500, repeats: int = 7) -> float:
    """1 s windows at 16 kHz: 20 ms frames, 10 ms stride, 40 filters, FFT of 256 points."""
    params = MfeParams(frame_ms=20, frame_stride_ms=10, filter_count=40, fft_length=256)
    return _best_windows_per_second(Mfe(params, WindowShape(16_000, ("audio",), 16_000)), windows, repeats)


def spectral_windows_per_second(windows: int = 4000, repeats: int = 7) -> float:
    """2 s windows of 3 axes at 100 Hz: low-pass filter of order 6, and the default settings otherwise."""
    params = SpectralParams(filter_kind="low", cutoff_hz=20)
    return _best_windows_per_second(
        Spectral(params, WindowShape(200, ("ax", "ay", "az"), 100)), windows, repeats
    )


def figures() -> Iterator[Figure]:
    """For ``make bench``."""
    yield Figure("MFE, 1 s at 16 kHz", mfe_windows_per_second(), "windows/s", at_least=4_400)
    yield Figure("spectral, 2 s x 3 axes", spectral_windows_per_second(), "windows/s", at_least=20_000)


if __name__ == "__main__":
    for figure in figures():
        print(figure.as_line())
