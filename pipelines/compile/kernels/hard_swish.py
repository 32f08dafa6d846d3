"""HARD_SWISH, x min(max(x + 3, 0), 6) / 6, in int8 and float32.

The int8 form is 16-bit fixed-point arithmetic in the reference (`reference_ops::HardSwish` and `HardSwishPrepare`).
"""

from __future__ import annotations

import math

import numpy as np

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Layer, Step, kernel
from pipelines.compile.kernels.lookup import lookup_step
from pipelines.compile.kernels.unary import float_step, value_type
from pipelines.compile.quantize import divide_by_power_of_two, quantize_multiplier

INT16_MIN, INT16_MAX = -32768, 32767


@kernel("HARD_SWISH")
def hard_swish(layer: Layer) -> Step:
    """Input and output of one shape."""
    if value_type(layer) is DType.FLOAT32:
        return float_step(layer, "hard_swish")
    scale_in, zero_in = layer.scale_and_zero_point(layer.input(0))
    scale_out, zero_out = layer.scale_and_zero_point(layer.output)
    fine_scale = np.float32(1 / 128) * np.float32(scale_in)
    with np.errstate(over="ignore"):
        output, output_exponent = _int16_multiplier(fine_scale / np.float32(scale_out))
        gate, gate_exponent = _int16_multiplier(fine_scale / np.float32(3 / 32768))
    if output_exponent > 0:
        layer.unsupported(
            "has an output scale far below its input's", "quantize again with the TFLite converter"
        )

    def value(raw: int) -> int:
        fine = (raw - zero_in) << 7
        before_shift = _high_multiply(fine, output)
        open_by = _gate(fine, gate, gate_exponent)
        product = math.trunc(open_by * before_shift / 32768)
        return divide_by_power_of_two(product, -output_exponent) + zero_out

    return lookup_step(layer, value)


def _gate(fine: int, multiplier: int, exponent: int) -> int:
    """min(max(x + 3, 0), 6) / 6 with 15 fractional bits; saturates at each step as int16 does."""
    gate = fine if exponent <= 0 else _saturated(fine << (exponent - 1))
    gate = _high_multiply(gate, multiplier)
    gate = _saturated(gate << 1) if exponent > 0 else divide_by_power_of_two(gate, -exponent)
    return (gate + 32768) >> 1


def _int16_multiplier(real: np.float32) -> tuple[int, int]:
    """`QuantizeMultiplier`, and its mantissa rounded to 16 bits (`DownScaleInt32ToInt16Multiplier`)."""
    found = quantize_multiplier(float(real), limit=2.0**31)
    return min((found.mantissa + (1 << 15)) >> 16, INT16_MAX), found.shift


def _high_multiply(a: int, b: int) -> int:
    """`SaturatingRoundingDoublingHighMul` of int16."""
    return min((a * b + (1 << 14)) >> 15, INT16_MAX)


def _saturated(value: int) -> int:
    return max(INT16_MIN, min(INT16_MAX, value))
