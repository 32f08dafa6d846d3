#include "image_row.h"

typedef struct {
    int32_t channels;
} table_int16_parameters;

/* A function of one int16, tabulated at every 128th value from -32768 to 32768, with straight lines between. The
 * output may be the input. */
static void table_int16(const table_int16_parameters *p, const tile *t, const int16_t *input, const int16_t *table,
                        int16_t *output)
{
    const int32_t values = image_row_values(t, p->channels);
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const int16_t *source = input + image_row_at(t, &t->inputs[0], y, p->channels);
        int16_t *target = output + image_row_at(t, &t->output, y, p->channels);
        for (int32_t i = 0; i < values; ++i) {
            const int32_t entry = 256 + (source[i] >> 7);
            const int32_t slope = table[entry + 1] - table[entry];
            target[i] = (int16_t)(table[entry] + ((slope * (source[i] & 127) + 64) >> 7));
        }
    }
}
