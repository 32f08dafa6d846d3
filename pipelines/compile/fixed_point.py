"""exp and 1 / sqrt in the fixed-point arithmetic of the reference SOFTMAX and RSQRT kernels.

The reference computes exp with gemmlowp's fixed-point functions (`fixedpoint/fixedpoint.h`): a
polynomial on [-1/4, 0) and a product of exp(-2**k) for the bits of the rest. The difference of two
int8 values has 256 magnitudes, so the compiler evaluates it once, here, for each, and emits a table.
`Qm` below means a signed 32-bit number with m integer bits.
"""

from __future__ import annotations

import math

from pipelines.compile.quantize import INT32_MAX, INT32_MIN, divide_by_power_of_two, doubling_high_multiply

_ONE_Q0 = INT32_MAX
_EXP_OF_MINUS_POWERS = {k: round(math.exp(-(2.0**k)) * 2**31) for k in range(-2, 5)}
_EXP_OF_MINUS_EIGHTH = round(math.exp(-0.125) * 2**31)
_THIRD_Q0 = round(2**31 / 3)
_HALF_SQRT_2_Q0 = round(math.sqrt(0.5) * 2**31)


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


def inverse_square_root(value: int) -> tuple[int, int]:
    """1 / sqrt(value) of an integer >= 1 as (mantissa, shift): mantissa * 2**(-31 - shift).

    Five steps of Newton's iteration from 1 with 3 integer bits, on the value shifted by pairs of bits to [1/4, 1).
    Source: `GetInvSqrtQuantizedMultiplierExp` in `kernels/internal/common.h`.
    """
    if value <= 1:
        return INT32_MAX, 0
    pairs = (31 - value.bit_length()) // 2 - 1
    shift = 11 - pairs
    half_three = 3 << 27
    number = value << 2 * pairs >> 1
    half = divide_by_power_of_two(number, 1)
    root = 1 << 28
    for _ in range(5):
        square = doubling_high_multiply(root, root)
        cube = _shift_left_saturating(doubling_high_multiply(square, root), 6)
        step = doubling_high_multiply(half_three, root) - doubling_high_multiply(half, cube)
        root = _shift_left_saturating(step, 3)
    root = doubling_high_multiply(root, _HALF_SQRT_2_Q0)
    return (root << -shift, 0) if shift < 0 else (root, shift)
