"""The outline of a signal for drawing: the smallest and the largest value of each stretch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.signals import FloatArray


@dataclass(frozen=True, slots=True)
class Envelope:
    """Times of the stretches' starts, and per channel the smallest and the largest value of each."""

    t_ms: list[float]
    minimum: list[list[float | None]]
    maximum: list[list[float | None]]


def envelope(values: FloatArray, sample_rate_hz: float, start: int, stop: int, points: int) -> Envelope:
    """Outline of the rows ``start <= i < stop`` of ``[n, channels]`` in at most ``points`` stretches.

    Where there are fewer rows than points each row is a stretch of its own: nothing is lost. A value that
    is no number is None.
    """
    rows = stop - start
    if rows <= 0:
        empty: list[list[float | None]] = [[] for _ in range(values.shape[1])]
        return Envelope([], empty, empty)
    edges = (np.arange(min(points, rows), dtype=np.int64) * rows) // min(points, rows)
    part = values[start:stop]
    times = (start + edges) * (1000.0 / sample_rate_hz)
    if rows <= points:
        lists = _finite(part)
        return Envelope(times.tolist(), lists, lists)
    return Envelope(
        times.tolist(),
        _finite(np.fmin.reduceat(part, edges, axis=0)),
        _finite(np.fmax.reduceat(part, edges, axis=0)),
    )


def _finite(values: FloatArray) -> list[list[float | None]]:
    columns = np.asarray(values, dtype=np.float64).T
    if np.isfinite(columns).all():
        return columns.tolist()
    return np.where(np.isfinite(columns), columns, None).tolist()
