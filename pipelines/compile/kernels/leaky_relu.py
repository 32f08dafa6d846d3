"""LEAKY_RELU: x, and slope * x below zero, in int8 and float32."""

from __future__ import annotations

import math

import numpy as np
import tflite

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.lookup import lookup_step
from pipelines.compile.kernels.unary import float_step, value_type
from pipelines.compile.quantize import multiply, quantize_multiplier


@kernel("LEAKY_RELU")
def leaky_relu(layer: Layer) -> Step:
    """Source of the int8 form: `QuantizeLeakyRelu` and `LeakyReluPrepare`."""
    slope = float(layer.options(tflite.LeakyReluOptions).Alpha())
    if not math.isfinite(slope):
        layer.malformed(f"has the slope {slope}")
    if value_type(layer) is DType.FLOAT32:
        return float_step(layer, "leaky_relu", {"slope": slope})
    if slope < 0:
        layer.unsupported(f"has the negative slope {slope:g}", "use a slope of zero or more")
    scale_in, zero_in = layer.scale_and_zero_point(layer.input(0))
    scale_out, zero_out = layer.scale_and_zero_point(layer.output)
    with np.errstate(over="ignore"):
        above = quantize_multiplier(float(np.float32(scale_in) / np.float32(scale_out)))
        below = quantize_multiplier(float(np.float32(scale_in) * np.float32(slope) / np.float32(scale_out)))
    return lookup_step(
        layer, lambda raw: multiply(raw - zero_in, above if raw >= zero_in else below) + zero_out
    )
