#include "clamp_int16.h"
#include "multiply_quantized.h"

typedef struct {
    int32_t multiplier0;
    int32_t shift0;
    int32_t multiplier1;
    int32_t shift1;
    int32_t sign; /* of the second operand: -1 subtracts it */
    int32_t multiplier;
    int32_t shift;
    int32_t least;
    int32_t greatest;
} add_stage_int16;

static inline int16_t add_one_int16(const add_stage_int16 *p, int32_t a, int32_t b)
{
    const int32_t scaled0 = multiply_quantized(a * ((int32_t)1 << 15), p->multiplier0, p->shift0);
    const int32_t scaled1 = multiply_quantized(b * ((int32_t)1 << 15), p->multiplier1, p->shift1);
    return clamp_int16(multiply_quantized(scaled0 + p->sign * scaled1, p->multiplier, p->shift), p->least,
                       p->greatest);
}
