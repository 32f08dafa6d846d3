#include "compiled_alone.h"
#include "fast_stage_int16.h"
#include "matrix_int16.h"
#include "multiply_4_patches_int16.h"

/* The outputs of the rows from first_row on, for four patches, whose outputs are output_stride apart, in mode 0.
 * weights, bias and multiplier are those of row 0 of all channels. */
COMPILED_ALONE static void matrix_4_patches_int16(const matrix_int16 *m, const int16_t *patches, int32_t first_row,
                                                  const int8_t *weights, const int32_t *bias,
                                                  const int32_t *multiplier, int16_t *output, int32_t output_stride)
{
    weights += first_row * m->length;
    for (int32_t row = first_row; row < first_row + m->rows; ++row, weights += m->length, ++output) {
        int32_t sums[4] = {bias[row], bias[row], bias[row], bias[row]};
        multiply_4_patches_int16(patches, m->length, weights, 0, m->length, sums);
        for (int32_t i = 0; i < 4; ++i) {
            output[i * output_stride] = fast_requantize_int16(&m->stage, sums[i], multiplier, row);
        }
    }
}
