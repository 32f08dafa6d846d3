#include "image_row.h"

typedef struct {
    int32_t channels;
    float scale;
} dequantize_int16_parameters;

/* DEQUANTIZE. */
static void dequantize_int16(const dequantize_int16_parameters *p, const tile *t, const int16_t *input, float *output)
{
    const int32_t values = image_row_values(t, p->channels);
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const int16_t *source = input + image_row_at(t, &t->inputs[0], y, p->channels);
        float *target = output + image_row_at(t, &t->output, y, p->channels);
        for (int32_t i = 0; i < values; ++i) {
            target[i] = (float)source[i] * p->scale;
        }
    }
}
