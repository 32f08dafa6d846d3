#include "sqrt_float32.h"

typedef struct {
    int32_t rows;
    int32_t depth;
} l2_normalization_float32_parameters;

/* L2_NORMALIZATION of rows, which are divided by their norms. The output may be the input. */
static void l2_normalization_float32(const l2_normalization_float32_parameters *p, const float *input, float *output)
{
    for (int32_t row = 0; row < p->rows; ++row) {
        float sum = 0.0f;
        float norm;
        for (int32_t i = 0; i < p->depth; ++i) {
            sum += input[i] * input[i];
        }
        norm = sqrt_float32(sum);
        norm = norm > 1e-6f ? norm : 1e-6f;
        for (int32_t i = 0; i < p->depth; ++i) {
            output[i] = input[i] / norm;
        }
        input += p->depth;
        output += p->depth;
    }
}
