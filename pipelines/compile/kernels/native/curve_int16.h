#include "image_row.h"

typedef struct {
    int32_t channels;
    int32_t multiplier;
    int32_t shift;
    int32_t is_tanh;
} curve_int16_parameters;

/* LOGISTIC or TANH of a value in steps of 2^-12 / 3: the logistic of |value|, read between two entries of a table whose
 * steps are 1 / 24, made that of a negative one by symmetry; tanh(x) = 2 logistic(2 x) - 1. */
static inline int16_t curve_of_int16(const uint16_t *table, int32_t is_tanh, int32_t value)
{
    const int32_t bits = is_tanh ? 8 : 9;
    const int32_t magnitude = value < 0 ? -value : value;
    const int32_t entry = magnitude >> bits;
    int32_t curve = (is_tanh ? 0xffff : 0xfffe) << bits; /* what the reference saturates to */
    if (entry < 255) {
        curve = (table[entry] << bits) + (magnitude & (((int32_t)1 << bits) - 1)) * (table[entry + 1] - table[entry]);
    }
    if (is_tanh) {
        curve -= (int32_t)1 << 23;
        return (int16_t)((value < 0 ? 127 - curve : curve + 128) >> 8);
    }
    return (int16_t)((value < 0 ? ((int32_t)1 << 25) - curve + 511 : curve + 512) >> 10);
}

/* LOGISTIC and TANH. The output may be the input. */
static void curve_int16(const curve_int16_parameters *p, const tile *t, const int16_t *input, const uint16_t *table,
                        int16_t *output)
{
    const int32_t values = image_row_values(t, p->channels);
    const int32_t half = p->shift > 0 ? (int32_t)1 << (p->shift - 1) : 0;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const int16_t *source = input + image_row_at(t, &t->inputs[0], y, p->channels);
        int16_t *target = output + image_row_at(t, &t->output, y, p->channels);
        for (int32_t i = 0; i < values; ++i) {
            target[i] = curve_of_int16(table, p->is_tanh, (source[i] * p->multiplier + half) >> p->shift);
        }
    }
}
