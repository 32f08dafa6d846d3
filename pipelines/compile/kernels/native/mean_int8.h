#include "clamp_int8.h"
#include "multiply_quantized.h"

typedef struct {
    int32_t outer;
    int32_t reduced;
    int32_t inner;
    int32_t zero_sum; /* the input's zero point, times reduced */
    int32_t multiplier;
    int32_t shift;
    int32_t zero_point;
} mean_int8_parameters;

/* MEAN of [outer][reduced][inner] over the middle. */
static void mean_int8(const mean_int8_parameters *p, const int8_t *input, int8_t *output)
{
    for (int32_t block = 0; block < p->outer; ++block) {
        for (int32_t c = 0; c < p->inner; ++c) {
            int32_t sum = -p->zero_sum;
            for (int32_t i = 0; i < p->reduced; ++i) {
                sum += input[i * p->inner + c];
            }
            *output++ = clamp_int8(multiply_quantized(sum, p->multiplier, p->shift) + p->zero_point, -128, 127);
        }
        input += p->reduced * p->inner;
    }
}
