#include "clamp_int8.h"
#include "image_row.h"
#include "multiply_quantized.h"

typedef struct {
    int32_t channels;
    int32_t multiplier;
    int32_t shift;
    int32_t zero_point;
} rescale_int16_to_int8_parameters;

/* QUANTIZE of int16 to int8. */
static void rescale_int16_to_int8(const rescale_int16_to_int8_parameters *p, const tile *t, const int16_t *input,
                                  int8_t *output)
{
    const int32_t values = image_row_values(t, p->channels);
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const int16_t *source = input + image_row_at(t, &t->inputs[0], y, p->channels);
        int8_t *target = output + image_row_at(t, &t->output, y, p->channels);
        for (int32_t i = 0; i < values; ++i) {
            const int32_t scaled = multiply_quantized(source[i], p->multiplier, p->shift);
            target[i] = clamp_int8(scaled + p->zero_point, -128, 127);
        }
    }
}
