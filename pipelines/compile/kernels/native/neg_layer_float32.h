#include "image_row.h"

typedef struct {
    int32_t channels;
} neg_layer_float32_parameters;

/* NEG. The output may be the input. */
static void neg_layer_float32(const neg_layer_float32_parameters *p, const tile *t, const float *input, float *output)
{
    const int32_t values = image_row_values(t, p->channels);
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const float *source = input + image_row_at(t, &t->inputs[0], y, p->channels);
        float *target = output + image_row_at(t, &t->output, y, p->channels);
        for (int32_t i = 0; i < values; ++i) {
            target[i] = -source[i];
        }
    }
}
