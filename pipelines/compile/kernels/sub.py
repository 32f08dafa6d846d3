"""SUB with broadcasting, in int8 and float32."""

from __future__ import annotations

import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, float_limits, kernel
from pipelines.compile.kernels.operands import operand_step
from pipelines.compile.kernels.squared_difference import difference_stage
from pipelines.compile.quantize import activation_range_int8

# Bits of headroom that the int8 operands are shifted up by (`tensorflow/lite/kernels/sub.cc`).
LEFT_SHIFT = 20


@kernel("SUB")
def sub(layer: Layer) -> Step:
    """Two operands that broadcast to the output's shape."""
    dtype = layer.require_types(layer.input(0), layer.input(1), layer.output)
    activation = layer.activation(layer.options(tflite.SubOptions).FusedActivationFunction())
    if dtype is DType.FLOAT32:
        least_real, greatest_real = float_limits(activation)
        return operand_step(layer, dtype, {"least": least_real, "greatest": greatest_real})
    least, greatest = activation_range_int8(activation, *layer.scale_and_zero_point(layer.output))
    stage = difference_stage(layer, lambda common, scale: common / ((1 << LEFT_SHIFT) * scale))
    return operand_step(layer, dtype, {"stage": stage, "least": least, "greatest": greatest})
