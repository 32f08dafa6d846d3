"""FULLY_CONNECTED in int8."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.graph import DType
from pipelines.compile.kernels import output_stage
from pipelines.compile.kernels.base import Constant, Layer, Step

# As in `native/dense_int8.h`: values and sums that its scratch memory holds, and what odd values are less.
CHUNK, BLOCK = 128, 64
ODD_OFFSET = 127


def lower_int8(layer: Layer, weights: npt.NDArray[Any], sizes: dict[str, int], activation: str) -> Step:
    """By groups of four inputs and four outputs where that is possible, else by the general kernel."""
    outputs, products = weights.shape
    vector = layer.input(0)
    _, zero_point = layer.scale_and_zero_point(vector)
    bias = output_stage.bias_values(layer, 2, outputs, DType.INT32)
    folded = output_stage.folded_bias(layer, bias, weights, zero_point)
    found = output_stage.multipliers(layer, vector, layer.input(1), single_precision=True)
    fast = outputs >= 4 and weights.min() > -128 and output_stage.shifts_right(folded, weights, found)
    macs = sizes["rows"] * weights.size
    packed = Constant("weights", "int8_t", weights)
    scratch_bytes = 0
    if fast:
        packed = Constant("weights", "int32_t", _in_groups(weights))
        folded = folded + ODD_OFFSET * weights[:, 1::2].astype(np.int64).sum(axis=1)
        chunk, block = min(-(-products // 4) * 4, CHUNK), min(-(-outputs // 4) * 4, BLOCK)
        scratch_bytes = 2 * chunk + 4 * block
    source = "dense_int8" if fast else "fully_connected_int8"
    return Step(
        call=f"{source}({{parameters}}, {{input0}}, {{weights}}, {{bias}}, {{multiplier}}, {{shift}}, "
        + ("{scratch}, {output})" if fast else "{output})"),
        source=f"{source}.h",
        parameters_type="fully_connected_int8_parameters",
        parameters={**sizes, "stage": output_stage.fields(layer, activation, per_channel=len(found) > 1)},
        constants=(packed, *output_stage.constants(folded, found)),
        macs=macs,
        scratch_bytes=scratch_bytes,
        scratch_type="int32_t",
    )


def _in_groups(weights: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[outputs, inputs] as words of four int8, in the order and the coding that `dense_int8.h` explains."""
    outputs, products = weights.shape
    padded = np.pad(weights, ((0, -outputs % 4), (0, -products % 4))).astype(np.int8)
    padded[:, 1::2] -= padded[:, 0::2] < 0
    groups = padded.reshape(padded.shape[0] // 4, 4, padded.shape[1] // 4, 4).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(groups).view("<i4")
