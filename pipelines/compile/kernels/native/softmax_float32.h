#include "exp_float32.h"

typedef struct {
    int32_t rows;
    int32_t classes;
    float beta;
} softmax_float32_parameters;

/* SOFTMAX over rows. The output may be the input. */
static void softmax_float32(const softmax_float32_parameters *p, const float *input, float *output)
{
    for (int32_t row = 0; row < p->rows; ++row) {
        float greatest = input[0];
        float sum = 0.0f;
        for (int32_t c = 1; c < p->classes; ++c) {
            greatest = input[c] > greatest ? input[c] : greatest;
        }
        for (int32_t c = 0; c < p->classes; ++c) {
            output[c] = exp_float32((input[c] - greatest) * p->beta);
            sum += output[c];
        }
        for (int32_t c = 0; c < p->classes; ++c) {
            output[c] = output[c] / sum;
        }
        input += p->classes;
        output += p->classes;
    }
}
