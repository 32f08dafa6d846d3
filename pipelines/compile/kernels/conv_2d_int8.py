"""CONV_2D in int8: by patches of four pixels where that is possible, else by the general kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.graph import DType
from pipelines.compile.kernels import output_stage
from pipelines.compile.kernels.base import Constant, Fields, Layer, Step
from pipelines.compile.kernels.spatial import Window

# Patches that the int8 kernel multiplies at a time; each value takes two bytes.
PATCHES = 4


def lower_int8(
    layer: Layer,
    found: Window,
    weights: npt.NDArray[Any],
    geometry: Fields,
    activation: str,
    pointwise: bool,
) -> Step:
    """By patches of four pixels where that is possible, else by the general kernel."""
    image = layer.input(0)
    outputs, products = weights.shape
    _, zero_point = layer.scale_and_zero_point(image)
    bias = output_stage.bias_values(layer, 2, outputs, DType.INT32)
    folded = output_stage.folded_bias(layer, bias, weights, zero_point)
    found_multipliers = output_stage.multipliers(layer, image, layer.input(1), single_precision=False)
    fast = (
        geometry["groups"] == 1
        and (found.dilation[1] == 1 or found.kernel[1] == 1)
        and output_stage.shifts_right(folded, weights, found_multipliers)
    )
    scratch_bytes = products
    in_place_inputs: tuple[int, ...] = ()
    if fast:
        row_length = found.kernel[1] * image.shape[3]
        weights = _rows_of_whole_groups(weights, found.kernel[0])
        edge_bytes = 0 if pointwise else row_length
        scratch_bytes = PATCHES * weights.shape[1] * 2 + edge_bytes
        if pointwise and found.stride == (1, 1):
            in_place_inputs = (0,)
    source = "conv_2d_int8" if fast else "general_conv_2d_int8"
    stage = output_stage.fields(layer, activation, per_channel=len(found_multipliers) > 1)
    return Step(
        call=f"{source}({{parameters}}, {'{tile}, ' if fast else ''}{{input0}}, {{weights}}, {{bias}}, "
        "{multiplier}, {shift}, {scratch}, {output})",
        source=f"{source}.h",
        parameters_type="conv_2d_int8_parameters",
        parameters={"geometry": geometry, "input_zero_point": zero_point, "stage": stage},
        constants=(
            Constant("weights", "int8_t", weights),
            *output_stage.constants(folded, found_multipliers),
        ),
        macs=found.output[0] * found.output[1] * outputs * products,
        scratch_bytes=scratch_bytes,
        scratch_type="wide_int8" if fast else "int8_t",
        in_place_inputs=in_place_inputs,
        reach=found.reach if fast else None,
    )


def _rows_of_whole_groups(weights: npt.NDArray[Any], kernel_height: int) -> npt.NDArray[Any]:
    """[outputs, kernel height * row] -> the same with each row filled up with zeros to a multiple of 4."""
    outputs, products = weights.shape
    rows = weights.reshape(outputs, kernel_height, products // kernel_height)
    return np.pad(rows, ((0, 0), (0, 0), (0, -rows.shape[2] % 4))).reshape(outputs, -1)
