"""PRELU: a slope below zero for each channel (or more, or fewer), in int8 and float32."""

from __future__ import annotations

import numpy as np

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.operands import operand_step
from pipelines.compile.quantize import quantize_multiplier


@kernel("PRELU")
def prelu(layer: Layer) -> Step:
    """Input 0 of the output's shape, input 1 the slopes, which broadcast to it."""
    source, slopes = layer.input(0), layer.input(1)
    layer.require_shape(layer.output, source.shape)
    dtype = layer.require_types(source, slopes, layer.output)
    if dtype is DType.FLOAT32:
        return operand_step(layer, dtype, {})
    (scale0, zero0), (scale1, zero1) = (layer.scale_and_zero_point(each) for each in (source, slopes))
    scale, zero_point = layer.scale_and_zero_point(layer.output)
    # The reference forms both ratios in float32 (`PreluPrepare` in `tensorflow/lite/kernels/activations.cc`).
    with np.errstate(over="ignore"):
        above = quantize_multiplier(float(np.float32(scale0) / np.float32(scale)))
        below = quantize_multiplier(float(np.float32(scale0) * np.float32(scale1) / np.float32(scale)))
    stage = {
        "zero_point0": zero0,
        "zero_point1": zero1,
        "multiplier_above": above.mantissa,
        "shift_above": above.shift,
        "multiplier_below": below.mantissa,
        "shift_below": below.shift,
        "zero_point": zero_point,
    }
    return operand_step(layer, dtype, stage)
