#include "image_row.h"

typedef struct {
    int32_t channels;
} lookup_int8_to_int16_parameters;

/* A function of one int8, tabulated for -128, ..., 127, with int16 results. */
static void lookup_int8_to_int16(const lookup_int8_to_int16_parameters *p, const tile *t, const int8_t *input,
                                 const int16_t *table, int16_t *output)
{
    const int32_t values = image_row_values(t, p->channels);
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const int8_t *source = input + image_row_at(t, &t->inputs[0], y, p->channels);
        int16_t *target = output + image_row_at(t, &t->output, y, p->channels);
        for (int32_t i = 0; i < values; ++i) {
            target[i] = table[source[i] + 128];
        }
    }
}
