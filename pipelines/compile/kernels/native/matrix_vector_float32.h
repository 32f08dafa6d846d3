#include "clamp_float32.h"

/* output = clamp(matrix * vector + bias). matrix is [length][rows], transposed, so that eight outputs
 * grow side by side while each sum keeps the order of the reference: products first, bias last. */
static void matrix_vector_float32(const float *vector, int32_t length, THIMBLE_CONST float *matrix,
                                  THIMBLE_CONST float *bias,
                                  int32_t rows, float least, float greatest, float *output)
{
    const int32_t in_eights = rows - rows % 8;
    int32_t row;
    for (row = 0; row < in_eights; row += 8) {
        float sums[8] = {0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f};
        for (int32_t i = 0; i < length; ++i) {
            const float x = vector[i];
            THIMBLE_CONST float *w = matrix + i * rows + row;
            for (int32_t k = 0; k < 8; ++k) {
                sums[k] += x * w[k];
            }
        }
        for (int32_t k = 0; k < 8; ++k) {
            output[row + k] = clamp_float32(sums[k] + bias[row + k], least, greatest);
        }
    }
    for (; row < rows; ++row) {
        float sum = 0.0f;
        for (int32_t i = 0; i < length; ++i) {
            sum += vector[i] * matrix[i * rows + row];
        }
        output[row] = clamp_float32(sum + bias[row], least, greatest);
    }
}
