"""Normalising features: ``(x - mean) * scale`` along their last axis, before the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.signals import FloatArray

CHUNK_VALUES = 4_000_000
"""Values that are held in float64 at once: 32 MB."""

_CONSTANT = 1e-6


@dataclass(frozen=True, slots=True)
class Scaler:
    """Mean and 1 / standard deviation for each place of the last axis, float32 ``[n]``."""

    mean: FloatArray
    scale: FloatArray

    def apply(self, features: FloatArray) -> FloatArray:
        """Scaled features, float32, of the same shape: what the generated C computes, in its order."""
        scaled = np.subtract(features, self.mean, dtype=np.float32)
        scaled *= self.scale
        return scaled

    def save(self, path: Path) -> None:
        """Write as ``.npz``."""
        np.savez(path, mean=self.mean, scale=self.scale)

    @classmethod
    def load(cls, path: Path) -> Scaler:
        """Read what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as file:
            return cls(file["mean"], file["scale"])


def fit_scaler(features: FloatArray) -> Scaler:
    """The scaler that gives ``features[w, ..., n]`` mean 0 and standard deviation 1 along the last axis.

    A place that never changes is scaled to 0: nothing was learned about it. Reads in chunks, so that
    the features may be a memory-mapped file.

    Source of the running variance: Chan, Golub, LeVeque, "Algorithms for computing the sample variance"
    (1983), formula 1.5.
    """
    columns = features.shape[-1]
    count = 0
    mean = np.zeros(columns)
    squares = np.zeros(columns)
    for chunk in chunks(features):
        values = chunk.reshape(-1, columns).astype(np.float64)
        part_mean = values.mean(axis=0)
        values -= part_mean
        np.square(values, out=values)
        total = count + len(values)
        delta = part_mean - mean
        squares += values.sum(axis=0) + delta**2 * (count * len(values) / total)
        mean += delta * (len(values) / total)
        count = total
    deviation = np.sqrt(squares / max(count, 1))
    varies = deviation > _CONSTANT * np.maximum(np.abs(mean), np.finfo(np.float32).tiny)
    scale = np.divide(1, deviation, where=varies, out=np.zeros(columns))
    # The reciprocal of a tiny deviation must stay a float32 number.
    return Scaler(mean.astype(np.float32), np.minimum(scale, 1e30).astype(np.float32))


def chunks(features: FloatArray) -> Iterator[FloatArray]:
    """Slices along the first axis of at most :data:`CHUNK_VALUES` values, at least one row."""
    rows = max(1, CHUNK_VALUES // max(1, int(np.prod(features.shape[1:]))))
    for first in range(0, len(features), rows):
        yield features[first : first + rows]
