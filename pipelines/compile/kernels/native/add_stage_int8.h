#include "clamp_int8.h"
#include "multiply_quantized.h"

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
    int32_t least;
    int32_t greatest;
} add_stage_int8;

static inline int8_t add_one_int8(const add_stage_int8 *p, int32_t a, int32_t b)
{
    const int32_t scaled0 = multiply_quantized((a - p->zero_point0) * ((int32_t)1 << 20), p->multiplier0, p->shift0);
    const int32_t scaled1 = multiply_quantized((b - p->zero_point1) * ((int32_t)1 << 20), p->multiplier1, p->shift1);
    const int32_t sum = multiply_quantized(scaled0 + scaled1, p->multiplier, p->shift);
    return clamp_int8(sum + p->zero_point, p->least, p->greatest);
}
