#include "reduction.h"

typedef struct {
    reduction loops;
} reduce_min_TYPE1_parameters;

/* REDUCE_MIN: the least of the values. */
static void reduce_min_TYPE1(const reduce_min_TYPE1_parameters *p, const C_TYPE1 *input, C_TYPE1 *output)
{
    const reduction *l = &p->loops;
    reduction_place kept = {{0, 0, 0}, 0};
    do {
        reduction_place place = {{0, 0, 0}, 0};
        C_TYPE1 least = input[kept.offset];
        do {
            const C_TYPE1 *values = input + kept.offset + place.offset;
            for (int32_t i = 0; i < l->reduced[2]; ++i) {
                const C_TYPE1 value = values[i * l->reduced_stride[2]];
                least = value < least ? value : least;
            }
        } while (next_reduction_place(l->reduced, l->reduced_stride, 1, &place));
        *output++ = least;
    } while (next_reduction_place(l->kept, l->kept_stride, 2, &kept));
}
