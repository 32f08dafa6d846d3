#include "image_row.h"

typedef struct {
    int32_t channels;
} lookup_int8_parameters;

/* A function of one int8, tabulated for -128, ..., 127. The output may be the input. */
static void lookup_int8(const lookup_int8_parameters *p, const tile *t, const int8_t *input,
                        THIMBLE_CONST int8_t *table,
                        int8_t *output)
{
    const int32_t values = image_row_values(t, p->channels);
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const int8_t *source = input + image_row_at(t, &t->inputs[0], y, p->channels);
        int8_t *target = output + image_row_at(t, &t->output, y, p->channels);
        for (int32_t i = 0; i < values; ++i) {
            target[i] = table[source[i] + 128];
        }
    }
}
