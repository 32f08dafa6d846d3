#include "reduction.h"

typedef struct {
    reduction loops;
} reduce_max_TYPE1_parameters;

/* REDUCE_MAX: the greatest of the values. */
static void reduce_max_TYPE1(const reduce_max_TYPE1_parameters *p, const C_TYPE1 *input, C_TYPE1 *output)
{
    const reduction *l = &p->loops;
    reduction_place kept = {{0, 0, 0}, 0};
    do {
        reduction_place place = {{0, 0, 0}, 0};
        C_TYPE1 greatest = input[kept.offset];
        do {
            const C_TYPE1 *values = input + kept.offset + place.offset;
            for (int32_t i = 0; i < l->reduced[2]; ++i) {
                const C_TYPE1 value = values[i * l->reduced_stride[2]];
                greatest = value > greatest ? value : greatest;
            }
        } while (next_reduction_place(l->reduced, l->reduced_stride, 1, &place));
        *output++ = greatest;
    } while (next_reduction_place(l->kept, l->kept_stride, 2, &kept));
}
