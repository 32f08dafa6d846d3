#include "clamp_int8.h"
#include "multiply_quantized.h"
#include "reduction.h"

typedef struct {
    reduction loops;
    int32_t zero_sum; /* the input's zero point, times the count of values */
    int32_t multiplier;
    int32_t shift;
    int32_t zero_point;
} sum_int8_parameters;

/* SUM, or with the count in the multiplier the MEAN, of values anywhere in the tensor. */
static void sum_int8(const sum_int8_parameters *p, const int8_t *input, int8_t *output)
{
    const reduction *l = &p->loops;
    reduction_place kept = {{0, 0, 0}, 0};
    do {
        reduction_place place = {{0, 0, 0}, 0};
        int32_t sum = -p->zero_sum;
        do {
            const int8_t *values = input + kept.offset + place.offset;
            for (int32_t i = 0; i < l->reduced[2]; ++i) {
                sum += values[i * l->reduced_stride[2]];
            }
        } while (next_reduction_place(l->reduced, l->reduced_stride, 1, &place));
        *output++ = clamp_int8(multiply_quantized(sum, p->multiplier, p->shift) + p->zero_point, -128, 127);
    } while (next_reduction_place(l->kept, l->kept_stride, 2, &kept));
}
