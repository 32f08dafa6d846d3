#include "compiled_alone.h"
#include "general_stage_int16.h"
#include "matrix_int16.h"
#include "multiply_4_patches_int16.h"

/* As matrix_4_patches_int16, in any mode but 0. */
COMPILED_ALONE static void general_matrix_4_patches_int16(const matrix_int16 *m, const int16_t *patches,
                                                          int32_t first_row, const int8_t *weights,
                                                          const int32_t *bias, const int32_t *multiplier,
                                                          const int8_t *shift, int16_t *output,
                                                          int32_t output_stride)
{
    weights += first_row * m->length;
    for (int32_t row = first_row; row < first_row + m->rows; ++row, weights += m->length, ++output) {
        int64_t totals[4] = {0, 0, 0, 0};
        for (int32_t start = 0; start < m->length; start += m->chunk) {
            const int32_t rest = m->length - start;
            int32_t sums[4] = {0, 0, 0, 0};
            multiply_4_patches_int16(patches, m->length, weights, start, rest < m->chunk ? rest : m->chunk, sums);
            for (int32_t i = 0; i < 4; ++i) {
                totals[i] += sums[i];
            }
        }
        for (int32_t i = 0; i < 4; ++i) {
            output[i * output_stride] =
                general_requantize_int16(&m->stage, totals[i], bias, multiplier, shift, row);
        }
    }
}
