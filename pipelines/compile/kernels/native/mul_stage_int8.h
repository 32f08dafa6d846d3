#include "clamp_int8.h"
#include "multiply_quantized.h"

typedef struct {
    int32_t zero_point0;
    int32_t zero_point1;
    int32_t multiplier;
    int32_t shift;
    int32_t zero_point;
    int32_t least;
    int32_t greatest;
} mul_stage_int8;

static inline int8_t mul_one_int8(const mul_stage_int8 *p, int32_t a, int32_t b)
{
    const int32_t product = (a - p->zero_point0) * (b - p->zero_point1);
    const int32_t scaled = multiply_quantized(product, p->multiplier, p->shift);
    return clamp_int8(scaled + p->zero_point, p->least, p->greatest);
}
