"""SQRT and RSQRT, in int8 and float32. They are defined where the input is not negative; TFLite stops there.

Below zero, this RSQRT gives the greatest int8 value, as for zero, and SQRT the output's zero point; in float32, both
are not a number.
"""

from __future__ import annotations

import math

import numpy as np

from pipelines.compile.fixed_point import inverse_square_root
from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.lookup import lookup_step
from pipelines.compile.kernels.unary import float_step, value_type
from pipelines.compile.quantize import INT8_MAX, Multiplier, multiply, quantize_multiplier

# Bits that keep the inverse root of an integer an integer (`RsqrtEvalQuantizedInt8`).
RSQRT_SHIFT = 20


@kernel("SQRT")
def sqrt(layer: Layer) -> Step:
    """The root in float32 arithmetic, truncated. Source: `SqrtEvalQuantized` in LiteRT's `kernels/elementwise.cc`.

    TensorFlow 2.19 has the float32 form only.
    """
    if value_type(layer) is DType.FLOAT32:
        return float_step(layer, "sqrt")
    scale_in, zero_in = layer.scale_and_zero_point(layer.input(0))
    scale_out, zero_out = layer.scale_and_zero_point(layer.output)

    def value(raw: int) -> int:
        real = np.float32(scale_in) * np.float32(max(raw - zero_in, 0))
        with np.errstate(over="ignore"):
            return int(min(np.sqrt(real) / np.float32(scale_out), np.float32(256))) + zero_out

    return lookup_step(layer, value)


@kernel("RSQRT")
def rsqrt(layer: Layer) -> Step:
    """1 / sqrt(x). Source: `RsqrtEvalQuantizedInt8` in `kernels/elementwise.cc`."""
    if value_type(layer) is DType.FLOAT32:
        return float_step(layer, "rsqrt")
    scale_in, zero_in = layer.scale_and_zero_point(layer.input(0))
    scale_out, zero_out = layer.scale_and_zero_point(layer.output)
    root = float(np.float32(math.sqrt(scale_in)) * np.float32(scale_out))
    if root == 0.0:
        layer.malformed(f"has the scales {scale_in} and {scale_out}")
    output = quantize_multiplier(1.0 / root)

    def value(raw: int) -> int:
        if raw <= zero_in:
            return INT8_MAX
        mantissa, shift = inverse_square_root(raw - zero_in)
        scaled = multiply(1, Multiplier(mantissa, RSQRT_SHIFT - shift))
        return multiply(scaled, Multiplier(output.mantissa, output.shift - RSQRT_SHIFT)) + zero_out

    return lookup_step(layer, value)
