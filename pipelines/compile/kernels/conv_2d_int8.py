"""CONV_2D in int8: by patches of four pixels where that is possible, else by the general kernel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.graph import DType
from pipelines.compile.kernels import mve, output_stage, pairs
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
    folded, found_multipliers = output_stage.with_plain_constants(layer, folded, weights, found_multipliers)
    stage = output_stage.fields(layer, activation, per_channel=len(found_multipliers) > 1)
    macs = found.output[0] * found.output[1] * outputs * products
    parameters: Fields = {"geometry": geometry, "input_zero_point": zero_point, "stage": stage}
    if not (
        geometry["groups"] == 1
        and (found.dilation[1] == 1 or found.kernel[1] == 1)
        and output_stage.shifts_right(folded, weights, found_multipliers)
        and pairs.weights_fit(weights)
        and pairs.sums_fit(folded, weights)
    ):
        return Step(
            call="general_conv_2d_int8({parameters}, {tile}, {input0}, {weights}, {bias}, {multiplier}, {shift}, "
            "{scratch}, {output})",
            source="general_conv_2d_int8.h",
            parameters_type="conv_2d_int8_parameters",
            parameters=parameters,
            constants=(
                Constant("weights", "int8_t", weights),
                *output_stage.constants(folded, found_multipliers),
            ),
            macs=macs,
            scratch_bytes=products,
            trails=found.trails(image, layer.output, gathers=geometry["groups"] == 1),
            reach=found.reach,
        )
    rows = _rows_of_whole_groups(weights, found.kernel[0])
    words = pairs.coded(rows)
    dsp = {
        "weights": pairs.in_blocks(words, 2),
        "bias": pairs.channels(folded, rows, found_multipliers),
        "multiplier": np.zeros(1),
        "shift": np.zeros(1),
    }
    step = Step(
        call="conv_2d_int8({parameters}, {tile}, {input0}, {weights}, {bias}, {multiplier}, {shift}, "
        "{scratch}, {output})",
        source="conv_2d_int8.h",
        parameters_type="conv_2d_int8_parameters",
        parameters=parameters,
        constants=tuple(
            replace(each, flavours={"dsp": dsp[each.name]})
            for each in (
                Constant("weights", "int32_t", pairs.as_words(weights)),
                *output_stage.constants(folded, found_multipliers),
            )
        ),
        macs=macs,
        scratch_bytes=PATCHES * words.shape[1] * 8 + _edge_bytes(found, image.shape[3], pointwise),
        scratch_type="int32_t",
        in_place_inputs=(0,) if pointwise and found.stride == (1, 1) else (),
        trails=found.trails(image, layer.output, gathers=True),
        reach=found.reach,
    )
    arrays = {"weights": mve.matrix(weights), **mve.stage(folded, found_multipliers)}
    return mve.with_arrays(step, arrays, scratch_bytes=4 * mve.whole_vectors(products))


def _edge_bytes(found: Window, channels: int, pointwise: bool) -> int:
    """What a row of the window takes at the edge of the image; of four windows, where they are widened together."""
    shares = found.kernel[1] == 3 and found.stride[1] == 1 and channels % 4 == 0
    columns = found.kernel[1] + (PATCHES - 1 if shares else 0)
    return 0 if pointwise else columns * channels


def _rows_of_whole_groups(weights: npt.NDArray[Any], kernel_height: int) -> npt.NDArray[Any]:
    """[outputs, kernel height * row] -> the same with each row filled up with zeros to a multiple of 4."""
    outputs, products = weights.shape
    rows = weights.reshape(outputs, kernel_height, products // kernel_height)
    return np.pad(rows, ((0, 0), (0, 0), (0, -rows.shape[2] % 4))).reshape(outputs, -1)
