/* Functions of 16-bit fixed-point numbers as the reference's recurrent layers compute them (gemmlowp's fixedpoint.h).
 * A number with i integer bits stands for its integer / 2^(15 - i). */
static inline int32_t saturate_int16(int32_t value)
{
    if (value > 32767) {
        return 32767;
    }
    return value < -32768 ? -32768 : value;
}

/* The product of two numbers, rounded to nearest; its integer bits are the sum of theirs. */
static inline int32_t multiply_fixed_int16(int32_t a, int32_t b)
{
    const int32_t product = a * b;
    return saturate_int16((product + (product >= 0 ? (int32_t)1 << 14 : 1 - ((int32_t)1 << 14))) / ((int32_t)1 << 15));
}

/* value / 2^exponent, to nearest, halves away from zero. */
static inline int32_t divide_by_power_of_two(int32_t value, int32_t exponent)
{
    const int32_t mask = (int32_t)(((uint32_t)1 << exponent) - 1u);
    const int32_t threshold = (mask >> 1) + (value < 0 ? 1 : 0);
    return (value >> exponent) + ((value & mask) > threshold ? 1 : 0);
}

/* exp(a) with no integer bits, of a <= 0 with integer_bits: a Taylor polynomial around -1/8 for the part within a quarter,
 * times exp(-2^k) for each bit k of the rest. */
static inline int32_t exp_of_negative_int16(int32_t a, int32_t integer_bits)
{
    static const int16_t exp_of_minus_power[7] = {25520, 19875, 12055, 4435, 600, 11, 0}; /* k = -2, -1, ..., 4 */
    const int32_t fractional_bits = 15 - integer_bits;
    const int32_t quarter = (int32_t)1 << (fractional_bits - 2);
    const int32_t part = (a & (quarter - 1)) - quarter;
    const int32_t rest = part - a;
    const int32_t x = saturate_int16(part * ((int32_t)1 << integer_bits)) + ((int32_t)1 << 12);
    const int32_t x2 = multiply_fixed_int16(x, x);
    const int32_t x3 = multiply_fixed_int16(x2, x);
    const int32_t x4 = multiply_fixed_int16(x2, x2);
    const int32_t sum = multiply_fixed_int16(divide_by_power_of_two(x4, 2) + x3, 10923) + x2;
    int32_t result = saturate_int16(28918 + multiply_fixed_int16(28918, x + divide_by_power_of_two(sum, 1)));
    if (a == 0) {
        return 32767;
    }
    for (int32_t k = -2; k < integer_bits && k < 5; ++k) {
        if ((rest & ((int32_t)1 << (fractional_bits + k))) != 0) {
            result = multiply_fixed_int16(result, exp_of_minus_power[k + 2]);
        }
    }
    if (integer_bits > 5 && a < -((int32_t)1 << (fractional_bits + 5))) {
        return 0;
    }
    return result;
}

/* 2 / (1 + a) with two integer bits, of a in [0, 1] with none: three steps of Newton's division. */
static inline int32_t two_over_one_plus_int16(int32_t a)
{
    const int32_t half_denominator = (a + 32767 + 1) / 2;
    int32_t x = saturate_int16(23130 + multiply_fixed_int16(half_denominator, -15420));
    for (int32_t i = 0; i < 3; ++i) {
        const int32_t rest = ((int32_t)1 << 13) - multiply_fixed_int16(half_denominator, x);
        x += saturate_int16(multiply_fixed_int16(x, rest) * 4);
    }
    return x;
}

/* 1 / (1 + exp(-a)) with no integer bits, of a with three. */
static inline int32_t logistic_fixed_int16(int32_t a)
{
    int32_t positive;
    if (a == 0) {
        return (int32_t)1 << 14;
    }
    positive = saturate_int16(2 * two_over_one_plus_int16(exp_of_negative_int16(a < 0 ? a : -a, 3)));
    return a > 0 ? positive : 32767 - positive;
}

/* tanh(a) with no integer bits, of a with integer_bits. */
static inline int32_t tanh_fixed_int16(int32_t a, int32_t integer_bits)
{
    int32_t positive;
    if (a == 0) {
        return 0;
    }
    positive = two_over_one_plus_int16(exp_of_negative_int16(a < 0 ? a : -a, integer_bits + 1)) - ((int32_t)1 << 13);
    positive = saturate_int16(4 * positive);
    return a > 0 ? positive : -positive;
}
