"""Constants in the order that the kernels with Helium instructions (MVE) read them; see `native/mve_*.h`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.kernels.base import Step
from pipelines.compile.quantize import Multiplier

LANES_INT8, LANES_INT32 = 16, 4
# Columns that a depthwise convolution takes at a time of what is not a whole image.
STRIP_COLUMNS = 16


def with_arrays(
    step: Step, arrays: Mapping[str, npt.NDArray[Any]], scratch_bytes: int = 0, row_scratch_bytes: int = 0
) -> Step:
    """The step with the flavour "mve" of its constants and memory for that form of its kernel.

    `row_scratch_bytes` is for a step that needs less for one row.
    """
    constants = tuple(
        replace(each, flavours={**each.flavours, "mve": _as_type(arrays[each.name], each.c_type)})
        if each.name in arrays
        else each
        for each in step.constants
    )
    by_rows = step.row_scratch_bytes
    return replace(
        step,
        constants=constants,
        scratch_bytes=max(step.scratch_bytes, scratch_bytes),
        row_scratch_bytes=None if by_rows is None else max(by_rows, row_scratch_bytes),
    )


def matrix(weights: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[outputs, products] -> [outputs / 4, products / 16, 4 outputs, 16 products], filled up with zeros."""
    outputs, products = weights.shape
    filled = np.pad(weights, ((0, -outputs % LANES_INT32), (0, -products % LANES_INT8))).astype(np.int8)
    blocks = filled.reshape(-1, LANES_INT32, filled.shape[1] // LANES_INT8, LANES_INT8)
    return np.ascontiguousarray(blocks.transpose(0, 2, 1, 3))


def stage(bias: npt.NDArray[Any], found: list[Multiplier]) -> dict[str, npt.NDArray[Any]]:
    """[outputs / 4, (bias, multiplier, shift), 4], filled up with zeros, as the bias; nothing is left for the others."""
    filled = np.pad(_channels(bias, found), ((0, 0), (0, -len(bias) % LANES_INT32)))
    return {
        "bias": np.ascontiguousarray(filled.reshape(3, -1, LANES_INT32).transpose(1, 0, 2)),
        "multiplier": np.zeros(1, np.int64),
        "shift": np.zeros(1, np.int64),
    }


def single_stage(bias: npt.NDArray[Any], found: list[Multiplier]) -> dict[str, npt.NDArray[Any]]:
    """[outputs, (bias, multiplier, shift)] as the bias; nothing is left for the others."""
    return {**stage(bias, found), "bias": _channels(bias, found).T}


def windows_3x3(weights: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[1, 3, 3, channels] -> 4 zeros and [channels, 4 columns, 4 rows], the last column and row zeros."""
    columns = np.pad(weights[0].transpose(2, 1, 0), ((0, 0), (0, 1), (0, 1)))
    return np.pad(columns.astype(np.int8).reshape(-1), (4, 0))


def strip_bytes(stride: int, columns: int) -> int:
    """Scratch memory for four rows of eight channels, as `native/mve_depthwise_3x3_int8.h` says."""
    at_once = 2 * stride
    return (-(-columns // at_once) * at_once * stride + 2) * 4 * 8


def whole_vectors(size: int) -> int:
    """The size of an array of int8 filled up to whole vectors."""
    return -(-size // LANES_INT8) * LANES_INT8


def _channels(bias: npt.NDArray[Any], found: list[Multiplier]) -> npt.NDArray[Any]:
    """[(bias, multiplier, shift), outputs]."""
    each = found if len(found) > 1 else found * len(bias)
    columns = [bias, [multiplier.mantissa for multiplier in each], [multiplier.shift for multiplier in each]]
    return np.array(columns, np.int64)


def _as_type(values: npt.NDArray[Any], c_type: str) -> npt.NDArray[Any]:
    """Bytes as words where the portable array is of words."""
    if values.dtype == np.int8 and c_type == "int32_t":
        return np.ascontiguousarray(values).view("<i4")
    return values
