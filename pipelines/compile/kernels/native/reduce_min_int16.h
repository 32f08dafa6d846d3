#include "reduction.h"

typedef struct {
    reduction loops;
} reduce_min_int16_parameters;

/* REDUCE_MIN: the least of the values. */
static void reduce_min_int16(const reduce_min_int16_parameters *p, const int16_t *input, int16_t *output)
{
    const reduction *l = &p->loops;
    reduction_place kept = {{0, 0, 0}, 0};
    do {
        reduction_place place = {{0, 0, 0}, 0};
        int16_t least = input[kept.offset];
        do {
            const int16_t *values = input + kept.offset + place.offset;
            for (int32_t i = 0; i < l->reduced[2]; ++i) {
                const int16_t value = values[i * l->reduced_stride[2]];
                least = value < least ? value : least;
            }
        } while (next_reduction_place(l->reduced, l->reduced_stride, 1, &place));
        *output++ = least;
    } while (next_reduction_place(l->kept, l->kept_stride, 2, &kept));
}
