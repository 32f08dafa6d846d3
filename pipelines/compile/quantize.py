"""The integer arithmetic of quantized layers, as the TFLite reference kernels define it.

Sources: Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", 2018, section 2.2; the TFLite int8 specification
(https://ai.google.dev/edge/litert/models/quantization_spec); and, for the exact rounding,
`tensorflow/lite/kernels/internal/quantization_util.cc`, `common.h` (double rounding) and
`kernel_util.cc` in TensorFlow 2.19.

Python integers have no width, so these functions also serve to make tables at compile time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pipelines.compile.errors import ModelFormatError

INT8_MIN, INT8_MAX = -128, 127
INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1


@dataclass(frozen=True)
class Multiplier:
    """A positive real number as `mantissa * 2**(shift - 31)`, mantissa in [2**30, 2**31) or 0."""

    mantissa: int
    shift: int


def quantize_multiplier(real: float, limit: float = 2.0**30) -> Multiplier:
    """`QuantizeMultiplier`: the closest `Multiplier`; below 2**-32 it is zero.

    Raises `ModelFormatError` from `limit` on; the C code cannot shift by more than 30 bits.
    """
    if not real < limit:
        raise ModelFormatError(
            f"two tensors that a layer connects have scales of ratio {real:g}; quantize the model again"
        )
    if real == 0.0:
        return Multiplier(0, 0)
    fraction, shift = math.frexp(real)
    mantissa = round_half_away(fraction * 2.0**31)
    if mantissa == 2**31:
        mantissa //= 2
        shift += 1
    if shift < -31:
        return Multiplier(0, 0)
    return Multiplier(mantissa, shift)


def round_half_away(value: float) -> int:
    """Round to the nearest integer, halves away from zero, as C's `round`."""
    return math.floor(value + 0.5) if value >= 0 else math.ceil(value - 0.5)


def doubling_high_multiply(a: int, b: int) -> int:
    """`SaturatingRoundingDoublingHighMul`: round(a * b / 2**31), saturated to int32."""
    return min((a * b + (1 << 30)) >> 31, INT32_MAX)


def divide_by_power_of_two(value: int, exponent: int) -> int:
    """`RoundingDivideByPOT`: value / 2**exponent, to nearest, halves away from zero."""
    if exponent == 0:
        return value
    mask = (1 << exponent) - 1
    threshold = (mask >> 1) + (1 if value < 0 else 0)
    return (value >> exponent) + (1 if (value & mask) > threshold else 0)


def wrap_int32(value: int) -> int:
    return (value + 2**31) % 2**32 - 2**31


def multiply(value: int, by: Multiplier) -> int:
    """`MultiplyByQuantizedMultiplier`: value * by, rounded twice as the reference does."""
    left, right = max(by.shift, 0), max(-by.shift, 0)
    return divide_by_power_of_two(doubling_high_multiply(wrap_int32(value << left), by.mantissa), right)


def quantize_value(real: float, scale: float, zero_point: int) -> int:
    """The integer of a real number, in float32 arithmetic as `CalculateActivationRangeQuantized`."""
    with np.errstate(over="ignore"):
        return zero_point + round_half_away(float(np.float32(real) / np.float32(scale)))


def activation_range_int8(activation: str, scale: float, zero_point: int) -> tuple[int, int]:
    """The least and greatest int8 output of a fused activation (`NONE`, `RELU`, `RELU6`, `RELU_N1_TO_1`)."""
    bounds: dict[str, tuple[float | None, float | None]] = {
        "NONE": (None, None),
        "RELU": (0.0, None),
        "RELU6": (0.0, 6.0),
        "RELU_N1_TO_1": (-1.0, 1.0),
    }
    low, high = bounds[activation]
    least = INT8_MIN if low is None else max(INT8_MIN, quantize_value(low, scale, zero_point))
    greatest = INT8_MAX if high is None else min(INT8_MAX, quantize_value(high, scale, zero_point))
    return least, greatest
