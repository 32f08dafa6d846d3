#include "clamp_int8.h"
#include "inverse_square_root.h"
#include "multiply_quantized.h"

typedef struct {
    int32_t rows;
    int32_t depth;
    int32_t zero_point;
} l2_normalization_int8_parameters;

/* L2_NORMALIZATION of rows to steps of 1/128. The output may be the input. */
static void l2_normalization_int8(const l2_normalization_int8_parameters *p, const int8_t *input, int8_t *output)
{
    for (int32_t row = 0; row < p->rows; ++row) {
        int32_t sum = 0;
        inverse_root inverse;
        for (int32_t i = 0; i < p->depth; ++i) {
            sum += (input[i] - p->zero_point) * (input[i] - p->zero_point);
        }
        inverse = inverse_square_root(sum);
        for (int32_t i = 0; i < p->depth; ++i) {
            const int32_t value = input[i] - p->zero_point;
            output[i] = clamp_int8(multiply_quantized(value, inverse.mantissa, inverse.shift + 7), -128, 127);
        }
        input += p->depth;
        output += p->depth;
    }
}
