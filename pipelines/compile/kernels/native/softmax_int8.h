typedef struct {
    int32_t rows;
    int32_t classes;
    int32_t table_size;
} softmax_int8_parameters;

/* round(a * b / 2^31), the product of two fixed-point numbers. */
static inline int32_t multiply_fixed_point(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

/* value / 2^exponent to the nearest integer; value is not negative. */
static inline int32_t divide_rounding(int32_t value, int32_t exponent)
{
    const int32_t mask = (int32_t)(((uint32_t)1 << exponent) - 1u);
    return (value >> exponent) + ((value & mask) > (mask >> 1) ? 1 : 0);
}

/* value * 2^exponent, saturated. */
static inline int32_t shift_left_saturating(int32_t value, int32_t exponent)
{
    const int64_t wide = (int64_t)value * ((int64_t)1 << exponent);
    return wide > INT32_MAX ? INT32_MAX : (wide < INT32_MIN ? INT32_MIN : (int32_t)wide);
}

/* 1 / (1 + a) for a in [0, 1], both with 31 fractional bits: three Newton-Raphson steps on numbers
 * with 29 fractional bits, started from 48/17 - 32/17 d. */
static int32_t one_over_one_plus(int32_t a)
{
    const int32_t half_denominator = (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);
    int32_t x = 1515870810 + multiply_fixed_point(half_denominator, -1010580540);
    for (int32_t step = 0; step < 3; ++step) {
        const int32_t error = ((int32_t)1 << 29) - multiply_fixed_point(half_denominator, x);
        x += shift_left_saturating(multiply_fixed_point(x, error), 2);
    }
    return shift_left_saturating(x, 1);
}

/* SOFTMAX over rows. exp_table[d] is exp of a value d below the greatest of its row, with 31 fractional
 * bits; beyond table_size it is zero. Sums have 19 fractional bits. The output may be the input. */
static void softmax_int8(const softmax_int8_parameters *p, const int8_t *input, THIMBLE_CONST int32_t *exp_table,
                         int8_t *output)
{
    for (int32_t row = 0; row < p->rows; ++row) {
        int32_t greatest = -128;
        int32_t leading_zeros = 0;
        uint32_t sum = 0;
        int32_t scale;
        int32_t exponent;
        for (int32_t c = 0; c < p->classes; ++c) {
            greatest = input[c] > greatest ? input[c] : greatest;
        }
        for (int32_t c = 0; c < p->classes; ++c) {
            const int32_t below = greatest - input[c];
            if (below < p->table_size) {
                sum += (uint32_t)divide_rounding(exp_table[below], 12);
            }
        }
        while (!(sum & 0x80000000u)) {
            sum <<= 1;
            ++leading_zeros;
        }
        scale = one_over_one_plus((int32_t)(sum & 0x7fffffffu));
        exponent = 35 - leading_zeros; /* 32 and more where the sum is 512 and more: then all results round to 0 */
        for (int32_t c = 0; c < p->classes; ++c) {
            const int32_t below = greatest - input[c];
            int32_t result = 0;
            if (below < p->table_size && exponent < 32) {
                result = divide_rounding(multiply_fixed_point(scale, exp_table[below]), exponent);
            }
            output[c] = (int8_t)(result > 255 ? 127 : result - 128);
        }
        input += p->classes;
        output += p->classes;
    }
}
