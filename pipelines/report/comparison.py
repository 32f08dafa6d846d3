"""Random inputs for a model, and how many bytes of its answers differ from the reference's."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.model import TensorInfo

# A float32 value counts as different beyond this part of itself, or of the largest output where that is more.
FLOAT_TOLERANCE = 1e-5


def random_inputs(info: TensorInfo, runs: int, seed: int = 0) -> npt.NDArray[Any]:
    """``[runs, *shape]`` of the model's own type: integers over their whole range, floats of a normal distribution."""
    generator = np.random.default_rng(seed)
    shape = (runs, *info.shape)
    if info.dtype == "float32":
        return (3 * generator.standard_normal(shape)).astype(np.float32)
    limits = np.iinfo(info.dtype)
    return generator.integers(limits.min, limits.max + 1, shape).astype(info.dtype)


def differing_bytes(ours: npt.NDArray[Any], theirs: npt.NDArray[Any]) -> int:
    """Of integers, bytes that are not equal; of float32, the bytes of values beyond :data:`FLOAT_TOLERANCE`."""
    theirs = theirs.reshape(ours.shape)
    if ours.dtype == np.float32:
        scale = max(1.0, float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0.0)))
        same = np.isclose(ours, theirs, rtol=FLOAT_TOLERANCE, atol=FLOAT_TOLERANCE * scale, equal_nan=True)
        return int((~same).sum()) * ours.dtype.itemsize
    ours, theirs = np.ascontiguousarray(ours), np.ascontiguousarray(theirs)
    return int((ours.view(np.uint8) != theirs.view(np.uint8)).sum())
