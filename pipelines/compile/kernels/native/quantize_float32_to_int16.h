#include "clamp_int16.h"
#include "image_row.h"
#include "round_float32.h"

typedef struct {
    int32_t channels;
    float scale;
} quantize_float32_to_int16_parameters;

/* QUANTIZE: to the nearest integer, halves away from zero; saturates, and maps NaN to zero. */
static void quantize_float32_to_int16(const quantize_float32_to_int16_parameters *p, const tile *t, const float *input,
                                      int16_t *output)
{
    const int32_t values = image_row_values(t, p->channels);
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const float *source = input + image_row_at(t, &t->inputs[0], y, p->channels);
        int16_t *target = output + image_row_at(t, &t->output, y, p->channels);
        for (int32_t i = 0; i < values; ++i) {
            const float real = source[i] / p->scale;
            const float limited = real > 65536.0f ? 65536.0f
                                                   : (real < -65536.0f ? -65536.0f : (real == real ? real : 0.0f));
            target[i] = clamp_int16(round_float32(limited), -32768, 32767);
        }
    }
}
