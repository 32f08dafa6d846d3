#include "maybe_unused.h"
#include "requantize_int8.h"

/* output = requantize(matrix * vector + bias). matrix is [rows][length]; four rows at a time, so that
 * each element of the vector is loaded once for four products. first_row is the index of row 0 among
 * all output channels. */
MAYBE_UNUSED static void matrix_vector_int8(const output_stage_int8 *stage, const int8_t *vector, int32_t length,
                                            THIMBLE_CONST int8_t *matrix, THIMBLE_CONST int32_t *bias,
                                            THIMBLE_CONST int32_t *multiplier,
                                            THIMBLE_CONST int8_t *shift, int32_t first_row, int32_t rows,
                                            int8_t *output)
{
    const int32_t in_fours = rows - rows % 4;
    int32_t row;
    for (row = 0; row < in_fours; row += 4, matrix += 4 * length) {
        THIMBLE_CONST int8_t *w0 = matrix;
        THIMBLE_CONST int8_t *w1 = w0 + length;
        THIMBLE_CONST int8_t *w2 = w1 + length;
        THIMBLE_CONST int8_t *w3 = w2 + length;
        const int32_t channel = first_row + row;
        int32_t sum0 = bias[channel];
        int32_t sum1 = bias[channel + 1];
        int32_t sum2 = bias[channel + 2];
        int32_t sum3 = bias[channel + 3];
        for (int32_t i = 0; i < length; ++i) {
            const int32_t x = vector[i];
            sum0 += x * w0[i];
            sum1 += x * w1[i];
            sum2 += x * w2[i];
            sum3 += x * w3[i];
        }
        output[row] = requantize_int8(stage, sum0, multiplier, shift, channel);
        output[row + 1] = requantize_int8(stage, sum1, multiplier, shift, channel + 1);
        output[row + 2] = requantize_int8(stage, sum2, multiplier, shift, channel + 2);
        output[row + 3] = requantize_int8(stage, sum3, multiplier, shift, channel + 3);
    }
    for (; row < rows; ++row, matrix += length) {
        const int32_t channel = first_row + row;
        int32_t sum = bias[channel];
        for (int32_t i = 0; i < length; ++i) {
            sum += (int32_t)vector[i] * matrix[i];
        }
        output[row] = requantize_int8(stage, sum, multiplier, shift, channel);
    }
}
