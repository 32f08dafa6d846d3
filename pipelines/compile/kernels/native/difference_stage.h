#include "multiply_quantized.h"

/* Two quantized operands are brought to a common scale; multiplier, shift and zero_point are those of the output. */
typedef struct {
    int32_t zero_point0;
    int32_t multiplier0;
    int32_t shift0;
    int32_t zero_point1;
    int32_t multiplier1;
    int32_t shift1;
    int32_t multiplier;
    int32_t shift;
    int32_t zero_point;
} difference_stage;

/* a - b at the common scale, with this many bits of headroom. */
static inline int32_t scaled_difference(const difference_stage *s, int32_t a, int32_t b, int32_t left_shift)
{
    const int32_t scaled0 = multiply_quantized((a - s->zero_point0) * ((int32_t)1 << left_shift), s->multiplier0, s->shift0);
    const int32_t scaled1 = multiply_quantized((b - s->zero_point1) * ((int32_t)1 << left_shift), s->multiplier1, s->shift1);
    return scaled0 - scaled1;
}
