#include "clamp_float32.h"

typedef struct {
    int32_t size;
    float least;
    float greatest;
} clamp_layer_float32_parameters;

/* RELU and RELU6. The output may be the input. */
static void clamp_layer_float32(const clamp_layer_float32_parameters *p, const float *input, float *output)
{
    for (int32_t i = 0; i < p->size; ++i) {
        output[i] = clamp_float32(input[i], p->least, p->greatest);
    }
}
