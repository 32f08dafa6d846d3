#include "broadcast_loops.h"
#include "clamp_int8.h"
#include "multiply_quantized.h"

typedef struct {
    broadcast_loops loops;
    int32_t zero_point0;
    int32_t zero_point1;
    int32_t multiplier;
    int32_t shift;
    int32_t zero_point;
    int32_t least;
    int32_t greatest;
} mul_int8_parameters;

static inline int8_t mul_one_int8(const mul_int8_parameters *p, int32_t a, int32_t b)
{
    const int32_t product = (a - p->zero_point0) * (b - p->zero_point1);
    const int32_t scaled = multiply_quantized(product, p->multiplier, p->shift);
    return clamp_int8(scaled + p->zero_point, p->least, p->greatest);
}

/* MUL. The output may be one of the inputs that has its size. */
static void mul_int8(const mul_int8_parameters *p, const int8_t *input0, const int8_t *input1, int8_t *output)
{
    const broadcast_loops *l = &p->loops;
    for (int32_t i0 = 0; i0 < l->size[0]; ++i0) {
        for (int32_t i1 = 0; i1 < l->size[1]; ++i1) {
            for (int32_t i2 = 0; i2 < l->size[2]; ++i2) {
                const int8_t *row0 = input0 + i0 * l->stride0[0] + i1 * l->stride0[1] + i2 * l->stride0[2];
                const int8_t *row1 = input1 + i0 * l->stride1[0] + i1 * l->stride1[1] + i2 * l->stride1[2];
                for (int32_t i3 = 0; i3 < l->size[3]; ++i3) {
                    *output++ = mul_one_int8(p, *row0, *row1);
                    row0 += l->stride0[3];
                    row1 += l->stride1[3];
                }
            }
        }
    }
}
