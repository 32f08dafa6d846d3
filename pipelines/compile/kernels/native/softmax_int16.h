#include "clamp_int16.h"
#include "multiply_quantized.h"

typedef struct {
    int32_t rows;
    int32_t classes;
    int32_t multiplier;
    int32_t shift;
} softmax_int16_parameters;

/* A function of one int16 in a table of 513 entries, 128 steps apart, with a line between each two. */
static inline int32_t interpolate_int16(const int16_t *table, int32_t value)
{
    const int16_t *entry = table + 256 + (value >> 7);
    return (int16_t)(entry[0] + (((entry[1] - entry[0]) * (value & 127) + 64) >> 7));
}

/* SOFTMAX over rows. exp_table is exp on [-10, 0], reciprocal_table 1 / (1 + x) on [0, 1], both with 15 fractional
 * bits. The output may be the input. */
static void softmax_int16(const softmax_int16_parameters *p, const int16_t *input, const int16_t *exp_table,
                          const int16_t *reciprocal_table, int16_t *output)
{
    for (int32_t row = 0; row < p->rows; ++row) {
        int32_t greatest = -32768;
        int32_t leading_zeros = 0;
        int32_t total = 0;
        uint32_t sum;
        int32_t scale;
        for (int32_t c = 0; c < p->classes; ++c) {
            greatest = input[c] > greatest ? input[c] : greatest;
        }
        for (int32_t c = 0; c < p->classes; ++c) {
            const int32_t scaled = multiply_quantized(input[c] - greatest, p->multiplier, p->shift);
            output[c] = (int16_t)interpolate_int16(exp_table, clamp_int16(scaled + 32767, -32768, 32767));
            total += output[c];
        }
        sum = (uint32_t)total;
        while (!((sum << leading_zeros) & 0x80000000u)) {
            ++leading_zeros;
        }
        /* The sum as 1 + x with 16 fractional bits; x in [0, 1] as an int16. */
        scale = (int32_t)(((sum << (leading_zeros - 1)) + (1u << 13)) >> 14) - (((int32_t)1 << 15) + ((int32_t)1 << 16));
        scale = interpolate_int16(reciprocal_table, clamp_int16(scale, -32768, 32767));
        for (int32_t c = 0; c < p->classes; ++c) {
            const int32_t right = 31 - leading_zeros;
            const int64_t product = (int64_t)output[c] * scale + ((int64_t)1 << (right - 1));
            output[c] = clamp_int16((int32_t)(product >> right), 0, 32767);
        }
        input += p->classes;
        output += p->classes;
    }
}
