"""Samples of any kind -> float32 side by side."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, Protocol

from ._metadata import METADATA


class _Array(Protocol):
    """NumPy arrays, ``array.array``, ``memoryview``, tensors."""

    def tolist(self) -> Any: ...


Samples = Sequence[float] | Sequence[Sequence[float]] | _Array


def floats_of(samples: Samples) -> array[float]:
    """Numbers side by side or rows of ``[time][channel]``, as one array of float32.

    Raises:
        TypeError: they are no numbers.
        ValueError: they are no whole points in time, or the rows have other than a number a channel.
    """
    if isinstance(samples, (str, bytes, bytearray)):
        raise TypeError(f"samples: {type(samples).__name__} is no sequence of numbers")
    found = _copied(samples)
    if found is None:
        found = _converted(samples)
    channels = len(METADATA.channels)
    if len(found) % channels:
        raise ValueError(f"samples: {len(found)} numbers are no whole points in time of {channels} channels")
    return found


def _copied(samples: object) -> array[float] | None:
    """What lies in memory as float32 already; None for everything else."""
    try:
        view = memoryview(samples)  # type: ignore[arg-type]
    except TypeError:
        return None
    _check_shape(view.shape or ())
    if view.format not in ("f", "<f") or not view.c_contiguous:
        return None
    found = array("f")
    found.frombytes(view.cast("B"))
    return found


def _converted(samples: Samples) -> array[float]:
    values = samples.tolist() if hasattr(samples, "tolist") else samples
    try:
        rows = list(values)
        if rows and hasattr(rows[0], "__len__") and not isinstance(rows[0], (str, bytes)):
            for row in rows:
                _check_shape((len(rows), len(row)))
            rows = [value for row in rows for value in row]
        return array("f", rows)
    except TypeError as error:
        raise TypeError(f"samples must be numbers, or rows of numbers: {error}") from None


def _check_shape(shape: tuple[int, ...]) -> None:
    channels = len(METADATA.channels)
    if len(shape) == 1 or (len(shape) == 2 and shape[1] == channels):
        return
    raise ValueError(
        f"samples have shape {shape}: expected [time][{channels}] ({', '.join(METADATA.channels)}), or all numbers "
        "side by side"
    )
