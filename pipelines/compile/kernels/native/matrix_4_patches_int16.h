#include "matrix_int16.h"
#include "multiply_int16.h"

/* The outputs of the rows from first_row on, for four patches that are `stride` values apart; their outputs are
 * output_stride apart. weights, bias, multiplier and shift are those of row 0 of all channels. */
static void matrix_4_patches_int16(const matrix_int16 *m, const int16_t *patches, int32_t stride,
                                   int32_t first_row, const int8_t *weights, const int32_t *bias,
                                   const int32_t *multiplier, const int8_t *shift, int16_t *output,
                                   int32_t output_stride)
{
    weights += first_row * m->length;
    for (int32_t row = first_row; row < first_row + m->rows; ++row, weights += m->length, ++output) {
        const int64_t first = bias_int16(&m->stage, bias, row);
        int64_t totals[4] = {first, first, first, first};
        for (int32_t start = 0; start < m->length; start += m->chunk) {
            const int32_t rest = m->length - start;
            int32_t sums[4] = {0, 0, 0, 0};
            multiply_4_patches_int16(patches + start, stride, weights + start, rest < m->chunk ? rest : m->chunk,
                                     sums);
            for (int32_t i = 0; i < 4; ++i) {
                totals[i] += sums[i];
            }
        }
        for (int32_t i = 0; i < 4; ++i) {
            output[i * output_stride] = requantize_int16(&m->stage, totals[i], multiplier, shift, row);
        }
    }
}
