#include "matrix_int16.h"
#include "multiply_int16.h"

/* The outputs of the rows from first_row on, for one patch. weights, bias, multiplier and shift are those of row 0 of
 * all channels. */
static void matrix_1_patch_int16(const matrix_int16 *m, const int16_t *patch, int32_t first_row,
                                 const int8_t *weights, const int32_t *bias,
                                 const int32_t *multiplier, const int8_t *shift, int16_t *output)
{
    const int32_t end = first_row + m->rows;
    int32_t row = first_row;
    weights += first_row * m->length;
    for (; row + 4 <= end; row += 4, weights += 4 * m->length, output += 4) {
        int64_t totals[4] = {0, 0, 0, 0};
        for (int32_t start = 0; start < m->length; start += m->chunk) {
            const int32_t rest = m->length - start;
            int32_t sums[4] = {0, 0, 0, 0};
            multiply_4_rows_int16(patch + start, weights + start, m->length, rest < m->chunk ? rest : m->chunk, sums);
            for (int32_t i = 0; i < 4; ++i) {
                totals[i] += sums[i];
            }
        }
        for (int32_t i = 0; i < 4; ++i) {
            const int64_t total = totals[i] + bias_int16(&m->stage, bias, row + i);
            output[i] = requantize_int16(&m->stage, total, multiplier, shift, row + i);
        }
    }
    for (; row < end; ++row, weights += m->length, ++output) {
        int64_t total = bias_int16(&m->stage, bias, row);
        for (int32_t start = 0; start < m->length; start += m->chunk) {
            const int32_t rest = m->length - start;
            total += multiply_1_row_int16(patch + start, weights + start, rest < m->chunk ? rest : m->chunk);
        }
        *output = requantize_int16(&m->stage, total, multiplier, shift, row);
    }
}
