#include "image_row.h"

typedef struct {
    int32_t channels;
    float scale;
    int32_t zero_point;
} dequantize_int8_parameters;

/* DEQUANTIZE. */
static void dequantize_int8(const dequantize_int8_parameters *p, const tile *t, const int8_t *input, float *output)
{
    const int32_t values = image_row_values(t, p->channels);
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const int8_t *source = input + image_row_at(t, &t->inputs[0], y, p->channels);
        float *target = output + image_row_at(t, &t->output, y, p->channels);
        for (int32_t i = 0; i < values; ++i) {
            target[i] = (float)(source[i] - p->zero_point) * p->scale;
        }
    }
}
