#include "exp_float32.h"

typedef struct {
    int32_t size;
} logistic_float32_parameters;

/* LOGISTIC: 1 / (1 + exp(-x)). The output may be the input. */
static void logistic_float32(const logistic_float32_parameters *p, const float *input, float *output)
{
    for (int32_t i = 0; i < p->size; ++i) {
        output[i] = 1.0f / (1.0f + exp_float32(-input[i]));
    }
}
