#include "exp_float32.h"
#include "image_row.h"

typedef struct {
    int32_t channels;
} logistic_float32_parameters;

/* LOGISTIC: 1 / (1 + exp(-x)). The output may be the input. */
static void logistic_float32(const logistic_float32_parameters *p, const tile *t, const float *input, float *output)
{
    const int32_t values = image_row_values(t, p->channels);
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const float *source = input + image_row_at(t, &t->inputs[0], y, p->channels);
        float *target = output + image_row_at(t, &t->output, y, p->channels);
        for (int32_t i = 0; i < values; ++i) {
            target[i] = 1.0f / (1.0f + exp_float32(-source[i]));
        }
    }
}
