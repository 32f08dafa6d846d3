#include "clamp_int16.h"
#include "multiply_quantized.h"

typedef struct {
    int32_t multiplier;
    int32_t shift;
    int32_t least;
    int32_t greatest;
} mul_stage_int16;

static inline int16_t mul_one_int16(const mul_stage_int16 *p, int32_t a, int32_t b)
{
    return clamp_int16(multiply_quantized(a * b, p->multiplier, p->shift), p->least, p->greatest);
}
