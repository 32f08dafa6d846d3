#include "reduction.h"

typedef struct {
    reduction loops;
    float divisor;
} sum_float32_parameters;

/* SUM, or with their count as the divisor the MEAN, of values anywhere in the tensor. */
static void sum_float32(const sum_float32_parameters *p, const float *input, float *output)
{
    const reduction *l = &p->loops;
    reduction_place kept = {{0, 0, 0}, 0};
    do {
        reduction_place place = {{0, 0, 0}, 0};
        float sum = 0.0f;
        do {
            const float *values = input + kept.offset + place.offset;
            for (int32_t i = 0; i < l->reduced[2]; ++i) {
                sum += values[i * l->reduced_stride[2]];
            }
        } while (next_reduction_place(l->reduced, l->reduced_stride, 1, &place));
        *output++ = sum / p->divisor;
    } while (next_reduction_place(l->kept, l->kept_stride, 2, &kept));
}
