#include "clamp_int8.h"
#include "round_float32.h"

typedef struct {
    int32_t size;
    float scale;
    int32_t zero_point;
} quantize_float32_parameters;

/* QUANTIZE: to the nearest integer, halves away from zero; saturates, and maps NaN to the zero point. */
static void quantize_float32(const quantize_float32_parameters *p, const float *input, int8_t *output)
{
    for (int32_t i = 0; i < p->size; ++i) {
        const float real = input[i] / p->scale;
        const float limited = real > 512.0f ? 512.0f : (real < -512.0f ? -512.0f : (real == real ? real : 0.0f));
        output[i] = clamp_int8(round_float32(limited) + p->zero_point, -128, 127);
    }
}
