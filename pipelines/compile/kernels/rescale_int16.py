"""RELU, RELU6, LEAKY_RELU and QUANTIZE of int16 values: a factor, and a clamp.

Conversions between int16 and float32 never share bytes with what they read: a C compiler may take it that pointers
to the two never meet.
"""

from __future__ import annotations

import numpy as np
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Constant, Layer, Reach, Step, kernel
from pipelines.compile.kernels.images import pixel_values
from pipelines.compile.kernels.int16 import (
    INT16_MAX,
    INT16_MIN,
    activation_range_int16,
    int16_scale,
    require_int16,
)
from pipelines.compile.quantize import Multiplier, multiply, quantize_multiplier


@kernel("RELU", "RELU6", dtype=DType.INT16)
def relu_int16(layer: Layer) -> Step:
    """Rescale, then clamp. Source: `QuantizedReluX` in `tensorflow/lite/kernels/activations.cc`."""
    require_int16(layer, layer.input(0))
    multiplier = _ratio_in_float32(layer)
    return _rescale(layer, multiplier, multiplier, layer.kind)


@kernel("LEAKY_RELU", dtype=DType.INT16)
def leaky_relu_int16(layer: Layer) -> Step:
    """x, or alpha * x where x is negative; the factors are formed in float32 (`LeakyReluPrepare`)."""
    require_int16(layer, layer.input(0))
    alpha = np.float32(layer.options(tflite.LeakyReluOptions).Alpha())
    if not (np.isfinite(alpha) and alpha >= 0):
        layer.unsupported(f"has the slope {alpha}", "use a slope of 0 or more")
    scale_in, scale_out = int16_scale(layer, layer.input(0)), int16_scale(layer, layer.output)
    with np.errstate(over="ignore"):
        negative = quantize_multiplier(float(np.float32(scale_in) * alpha / np.float32(scale_out)))
    return _rescale(layer, _ratio_in_float32(layer), negative, "NONE")


@kernel("QUANTIZE", dtype=DType.INT16)
def quantize_int16(layer: Layer) -> Step:
    """From float32, from int8, or from int16 of another scale."""
    source, scale = layer.input(0), int16_scale(layer, layer.output)
    layer.require_shape(layer.output, source.shape)
    if source.dtype is DType.INT16:
        multiplier = quantize_multiplier(int16_scale(layer, source) / scale)
        return _rescale(layer, multiplier, multiplier, "NONE")
    channels = pixel_values(source.shape)
    if source.dtype is DType.FLOAT32:
        return Step(
            call="quantize_float32_to_int16({parameters}, {tile}, {input0}, {output})",
            source="quantize_float32_to_int16.h",
            parameters_type="quantize_float32_to_int16_parameters",
            parameters={"channels": channels, "scale": scale},
            reach=Reach(),
        )
    if source.dtype is not DType.INT8:
        layer.unsupported(f"makes int16 of {source.dtype.value}", "convert the model again")
    scale_in, zero_in = layer.scale_and_zero_point(source)
    multiplier = quantize_multiplier(scale_in / scale)
    table = [multiply(raw - zero_in, multiplier) for raw in range(-128, 128)]
    return Step(
        call="lookup_int8_to_int16({parameters}, {tile}, {input0}, {table}, {output})",
        source="lookup_int8_to_int16.h",
        parameters_type="lookup_int8_to_int16_parameters",
        parameters={"channels": channels},
        constants=(Constant("table", "int16_t", np.clip(table, INT16_MIN, INT16_MAX)),),
        trails={0: -source.elements},
        reach=Reach(),
    )


def int16_to_int8(layer: Layer) -> Step:
    """QUANTIZE of int16 to int8."""
    scale, zero_point = layer.scale_and_zero_point(layer.output)
    multiplier = quantize_multiplier(int16_scale(layer, layer.input(0)) / scale)
    _require_no_overflow(layer, multiplier)
    return Step(
        call="rescale_int16_to_int8({parameters}, {tile}, {input0}, {output})",
        source="rescale_int16_to_int8.h",
        parameters_type="rescale_int16_to_int8_parameters",
        parameters={
            "channels": pixel_values(layer.output.shape),
            "multiplier": multiplier.mantissa,
            "shift": multiplier.shift,
            "zero_point": zero_point,
        },
        trails={0: 0},
        reach=Reach(),
    )


def int16_to_float32(layer: Layer) -> Step:
    """DEQUANTIZE of int16; exact, because the product of 24 and 16 bits is rounded once."""
    return Step(
        call="dequantize_int16({parameters}, {tile}, {input0}, {output})",
        source="dequantize_int16.h",
        parameters_type="dequantize_int16_parameters",
        parameters={
            "channels": pixel_values(layer.output.shape),
            "scale": int16_scale(layer, layer.input(0)),
        },
        reach=Reach(),
    )


def _ratio_in_float32(layer: Layer) -> Multiplier:
    with np.errstate(over="ignore"):
        ratio = np.float32(int16_scale(layer, layer.input(0))) / np.float32(int16_scale(layer, layer.output))
    return quantize_multiplier(float(ratio))


def _rescale(layer: Layer, positive: Multiplier, negative: Multiplier, activation: str) -> Step:
    layer.require_shape(layer.output, layer.input(0).shape)
    _require_no_overflow(layer, positive)
    _require_no_overflow(layer, negative)
    least, greatest = activation_range_int16(activation, int16_scale(layer, layer.output))
    return Step(
        call="rescale_int16({parameters}, {tile}, {input0}, {output})",
        source="rescale_int16.h",
        parameters_type="rescale_int16_parameters",
        parameters={
            "channels": pixel_values(layer.output.shape),
            "multiplier": positive.mantissa,
            "shift": positive.shift,
            "negative_multiplier": negative.mantissa,
            "negative_shift": negative.shift,
            "least": least,
            "greatest": greatest,
        },
        in_place_inputs=(0,),
        reach=Reach(),
    )


def _require_no_overflow(layer: Layer, multiplier: Multiplier) -> None:
    if multiplier.shift > 15:
        layer.malformed("has an output scale thousands of times smaller than its input's")
