#include "clamp_int16.h"
#include "image_row.h"
#include "multiply_quantized.h"

typedef struct {
    int32_t channels;
    int32_t multiplier;
    int32_t shift;
    int32_t negative_multiplier;
    int32_t negative_shift;
    int32_t least;
    int32_t greatest;
} rescale_int16_parameters;

/* To another scale, by a factor of its own for negative values, and clamped: RELU, LEAKY_RELU, QUANTIZE. The output may
 * be the input. */
static void rescale_int16(const rescale_int16_parameters *p, const tile *t, const int16_t *input, int16_t *output)
{
    const int32_t values = image_row_values(t, p->channels);
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const int16_t *source = input + image_row_at(t, &t->inputs[0], y, p->channels);
        int16_t *target = output + image_row_at(t, &t->output, y, p->channels);
        for (int32_t i = 0; i < values; ++i) {
            const int32_t value = source[i];
            const int32_t scaled = value < 0 ? multiply_quantized(value, p->negative_multiplier, p->negative_shift)
                                             : multiply_quantized(value, p->multiplier, p->shift);
            target[i] = clamp_int16(scaled, p->least, p->greatest);
        }
    }
}
