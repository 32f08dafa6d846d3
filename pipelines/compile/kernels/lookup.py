"""Functions of one int8 value, as tables of 256 results: LOGISTIC, RELU, RELU6.

Their float32 forms are here too.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Reach, Step, float_limits, kernel
from pipelines.compile.kernels.images import pixel_values
from pipelines.compile.quantize import (
    INT8_MAX,
    INT8_MIN,
    activation_range_int8,
    multiply,
    quantize_multiplier,
    round_half_away,
)


def lookup_step(layer: Layer, function: Callable[[int], int]) -> Step:
    """The step that maps every element of an int8 tensor by `function`, evaluated here for all 256."""
    values = [max(INT8_MIN, min(INT8_MAX, function(value))) for value in range(INT8_MIN, INT8_MAX + 1)]
    return Step(
        call="lookup_int8({parameters}, {tile}, {input0}, {table}, {output})",
        source="lookup_int8.h",
        parameters_type="lookup_int8_parameters",
        parameters={"channels": pixel_values(layer.output.shape)},
        constants=(Constant("table", "int8_t", np.array(values)),),
        in_place_inputs=(0,),
        reach=Reach(),
    )


@kernel("LOGISTIC")
def logistic_layer(layer: Layer) -> Step:
    """1 / (1 + exp(-x)); the int8 output has scale 1 / 256 and zero point -128."""
    source = layer.input(0)
    layer.require_shape(layer.output, source.shape)
    if layer.require_types(source, layer.output) is DType.FLOAT32:
        return Step(
            call="logistic_float32({parameters}, {tile}, {input0}, {output})",
            source="logistic_float32.h",
            parameters_type="logistic_float32_parameters",
            parameters={"channels": pixel_values(source.shape)},
            in_place_inputs=(0,),
            reach=Reach(),
        )
    if layer.scale_and_zero_point(layer.output) != (1 / 256, -128):
        layer.unsupported("has an output scale other than 1/256", "quantize again with the TFLite converter")
    return lookup_step(layer, _logistic_of_int8(layer))


def _logistic_of_int8(layer: Layer) -> Callable[[int], int]:
    """The float32 function, rounded, as the table of tf.lite's LOGISTIC (`LUTPopulate`).

    TFLite Micro computes in fixed point instead, and takes inputs beyond +-15 as saturated. Over 300
    random input scales from 0.0001 to 50 (76,800 entries) it differs in 68, all but one of them at
    scales above 2, where a single step of the input is more than 2; tf.lite differs in none.
    """
    scale, zero_point = layer.scale_and_zero_point(layer.input(0))

    def value(raw: int) -> int:
        real = np.float32(scale) * np.float32(raw - zero_point)
        # expf overflows to infinity, of which the logistic is 0; and rounds the exact value correctly.
        exponential = np.float32(math.exp(min(-float(real), 100.0)))
        logistic = np.float32(1) / (np.float32(1) + exponential)
        return round_half_away(float(logistic * np.float32(256))) + INT8_MIN

    return value


@kernel("RELU", "RELU6")
def relu(layer: Layer) -> Step:
    """Rescale, then clamp. Source: `QuantizedReluX` in `tensorflow/lite/kernels/activations.cc`."""
    source = layer.input(0)
    layer.require_shape(layer.output, source.shape)
    if layer.require_types(source, layer.output) is DType.FLOAT32:
        least_real, greatest_real = float_limits(layer.kind)
        return Step(
            call="clamp_layer_float32({parameters}, {tile}, {input0}, {output})",
            source="clamp_layer_float32.h",
            parameters_type="clamp_layer_float32_parameters",
            parameters={
                "channels": pixel_values(source.shape),
                "least": least_real,
                "greatest": greatest_real,
            },
            in_place_inputs=(0,),
            reach=Reach(),
        )
    scale_in, zero_in = layer.scale_and_zero_point(source)
    scale_out, zero_out = layer.scale_and_zero_point(layer.output)
    with np.errstate(over="ignore"):
        multiplier = quantize_multiplier(float(np.float32(scale_in) / np.float32(scale_out)))
    least, greatest = activation_range_int8(layer.kind, scale_out, zero_out)
    return lookup_step(
        layer, lambda raw: max(least, min(greatest, zero_out + multiply(raw - zero_in, multiplier)))
    )
