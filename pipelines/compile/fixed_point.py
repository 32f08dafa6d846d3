"""exp and logistic in the fixed-point arithmetic of the reference SOFTMAX and LOGISTIC kernels.

The reference computes them with gemmlowp's fixed-point functions (`fixedpoint/fixedpoint.h`):
a polynomial on [-1/4, 0), a product of exp(-2**k) for the bits of the rest, and a Newton-Raphson
division. An int8 input has 256 values, so the compiler evaluates them once, here, for every value,
and emits a table. `Qm` below means a signed 32-bit number with m integer bits.
"""

from __future__ import annotations

import math

from pipelines.compile.quantize import INT32_MAX, INT32_MIN, divide_by_power_of_two, doubling_high_multiply

_ONE_Q0 = INT32_MAX
_ONE_Q2 = 1 << 29
_EXP_OF_MINUS_POWERS = {k: round(math.exp(-(2.0**k)) * 2**31) for k in range(-2, 5)}
_EXP_OF_MINUS_EIGHTH = round(math.exp(-0.125) * 2**31)
_THIRD_Q0 = round(2**31 / 3)
_48_OVER_17_Q2 = round(48 / 17 * 2**29)
_MINUS_32_OVER_17_Q2 = round(-32 / 17 * 2**29)


def _shift_left_saturating(value: int, exponent: int) -> int:
    return max(INT32_MIN, min(INT32_MAX, value << exponent))


def _exp_between_minus_quarter_and_zero(a: int) -> int:
    """exp of a Q0 number in [-1/4, 0): a Taylor polynomial of degree 4 around -1/8. Result: Q0."""
    x = a + (1 << 28)
    x2 = doubling_high_multiply(x, x)
    x3 = doubling_high_multiply(x2, x)
    x4 = doubling_high_multiply(x2, x2)
    sum_of_powers = doubling_high_multiply(divide_by_power_of_two(x4, 2) + x3, _THIRD_Q0) + x2
    tail = divide_by_power_of_two(sum_of_powers, 1)
    return _EXP_OF_MINUS_EIGHTH + doubling_high_multiply(_EXP_OF_MINUS_EIGHTH, x + tail)


def exp_of_negative(a: int, integer_bits: int) -> int:
    """exp(a) for a <= 0, given in Q`integer_bits` with at most 5 integer bits. Result: Q0."""
    if a == 0:
        return _ONE_Q0
    fractional_bits = 31 - integer_bits
    quarter = 1 << (fractional_bits - 2)
    modulo = (a & (quarter - 1)) - quarter
    result = _exp_between_minus_quarter_and_zero(_shift_left_saturating(modulo, integer_bits))
    rest = modulo - a
    for exponent, factor in _EXP_OF_MINUS_POWERS.items():
        if exponent < integer_bits and rest & (1 << (fractional_bits + exponent)):
            result = doubling_high_multiply(result, factor)
    return result


def one_over_one_plus(a: int) -> int:
    """1 / (1 + a) for a Q0 number in [0, 1]: three Newton-Raphson steps. Result: Q0."""
    half_denominator = (a + _ONE_Q0 + 1) // 2
    x = _48_OVER_17_Q2 + doubling_high_multiply(half_denominator, _MINUS_32_OVER_17_Q2)
    for _ in range(3):
        error = _ONE_Q2 - doubling_high_multiply(half_denominator, x)
        x += _shift_left_saturating(doubling_high_multiply(x, error), 2)
    return _shift_left_saturating(x, 1)


def logistic(a: int, integer_bits: int) -> int:
    """1 / (1 + exp(-a)) of a Q`integer_bits` number. Result: Q0."""
    if a == 0:
        return 1 << 30
    positive = one_over_one_plus(exp_of_negative(-abs(a), integer_bits))
    return positive if a > 0 else _ONE_Q0 - positive
