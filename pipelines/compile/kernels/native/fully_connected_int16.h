#include "compiled_alone.h"
#include "fast_stage_int16.h"
#include "fully_connected_int16_parameters.h"
#include "patch_int16.h"

#if WITH_DSP
/* One group of values, and of weights of four rows, each in the order 0, 2, 1, 3: 18 instructions for 16 products. */
#define MULTIPLY_ROW_INT16(word, sum)          \
    "sxtb16 r6, " word "\n\t"                  \
    "sxtb16 " word ", " word ", ror #8\n\t"    \
    "smlad " sum ", %[x01], r6, " sum "\n\t"   \
    "smlad " sum ", %[x23], " word ", " sum "\n\t"
#define MULTIPLY_ROWS_INT16                      \
    "ldmia %[weights]!, {r2, r3, r4, r5}\n\t"    \
    "ldr %[x01], [%[values]], #4\n\t"            \
    "ldr %[x23], [%[values]], #4\n\t"            \
    MULTIPLY_ROW_INT16("r2", "%[sum0]")          \
    MULTIPLY_ROW_INT16("r3", "%[sum1]")          \
    MULTIPLY_ROW_INT16("r4", "%[sum2]")          \
    MULTIPLY_ROW_INT16("r5", "%[sum3]")
#endif

/* sums[i] += row i of weights times the values; for the DSP extension, weights are [length / 4][4 rows][4]. */
static inline void multiply_4_rows_int16(const int16_t *values, int32_t length, const int8_t *weights, int32_t sums[4])
{
#if WITH_DSP
    for (; length > 0; length -= 4) {
        int32_t x01;
        int32_t x23;
        __asm__(MULTIPLY_ROWS_INT16
                : [values] "+r"(values), [weights] "+r"(weights), [sum0] "+r"(sums[0]), [sum1] "+r"(sums[1]),
                  [sum2] "+r"(sums[2]), [sum3] "+r"(sums[3]), [x01] "=&r"(x01), [x23] "=&r"(x23)
                :
                : "r2", "r3", "r4", "r5", "r6", "memory");
    }
#else
    for (int32_t i = 0; i < length; ++i) {
        const int32_t value = values[i];
        sums[0] += value * weights[i];
        sums[1] += value * weights[length + i];
        sums[2] += value * weights[2 * length + i];
        sums[3] += value * weights[3 * length + i];
    }
#endif
}

COMPILED_ALONE static void matrix_vector_int16(const matrix_int16 *m, const int16_t *values, const int8_t *weights,
                                               const int32_t *bias, const int32_t *multiplier, int16_t *output)
{
    for (int32_t row = 0; row < m->rows; row += 4, weights += 4 * m->length) {
        const int32_t count = m->rows - row < 4 ? m->rows - row : 4;
        int32_t sums[4] = {0, 0, 0, 0};
        multiply_4_rows_int16(values, m->length, weights, sums);
        for (int32_t i = 0; i < count; ++i) {
            output[row + i] = fast_requantize_int16(&m->stage, sums[i] + bias[row + i], multiplier, row + i);
        }
    }
}

/* FULLY_CONNECTED, four outputs at a time. Weights are [output_size][input_size], both filled up with zeros to
 * multiples of 4. */
static void fully_connected_int16(const fully_connected_int16_parameters *p, const int16_t *input,
                                  const int8_t *weights, const int32_t *bias, const int32_t *multiplier,
                                  int16_t *scratch, int16_t *output)
{
    for (int32_t vector = 0; vector < p->vectors; ++vector) {
        const int16_t *values = input;
        if (scratch != NULL) {
            patch_int16 patch = {scratch, 4, 0};
            append_int16(&patch, input, p->input_size);
            append_zeros_int16(&patch, p->matrix.length - p->input_size);
            values = scratch;
        }
        matrix_vector_int16(&p->matrix, values, weights, bias, multiplier, output);
        input += p->input_size;
        output += p->matrix.rows;
    }
}
