#include "general_stage_int16.h"
#include "matrix_int16.h"
#include "multiply_row_int16.h"

/* The outputs of the rows from first_row on, for one patch, in any mode but 0. weights, bias, multiplier and shift are
 * those of row 0 of all channels. */
static void general_matrix_int16(const matrix_int16 *m, const int16_t *patch, int32_t first_row, const int8_t *weights,
                                 const int32_t *bias, const int32_t *multiplier, const int8_t *shift, int16_t *output)
{
    weights += first_row * m->length;
    for (int32_t row = 0; row < m->rows; ++row, weights += m->length) {
        int64_t sum = 0;
        for (int32_t start = 0; start < m->length; start += m->chunk) {
            const int32_t rest = m->length - start;
            sum += multiply_row_int16(patch + start, weights + start, rest < m->chunk ? rest : m->chunk);
        }
        output[row] =
            general_requantize_int16(&m->stage, sum, bias, multiplier, shift, first_row + row);
    }
}
