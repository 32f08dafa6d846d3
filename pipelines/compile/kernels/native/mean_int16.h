#include "clamp_int16.h"
#include "multiply_quantized.h"

typedef struct {
    int32_t outer;
    int32_t reduced;
    int32_t inner;
    int32_t multiplier;
    int32_t shift;
} mean_int16_parameters;

/* MEAN of [outer][reduced][inner] over the middle. */
static void mean_int16(const mean_int16_parameters *p, const int16_t *input, int16_t *output)
{
    for (int32_t block = 0; block < p->outer; ++block) {
        for (int32_t c = 0; c < p->inner; ++c) {
            int32_t sum = 0;
            for (int32_t i = 0; i < p->reduced; ++i) {
                sum += input[i * p->inner + c];
            }
            *output++ = clamp_int16(multiply_quantized(sum, p->multiplier, p->shift), -32768, 32767);
        }
        input += p->reduced * p->inner;
    }
}
