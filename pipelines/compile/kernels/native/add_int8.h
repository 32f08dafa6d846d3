#include "broadcast_loops.h"
#include "clamp_int8.h"
#include "multiply_quantized.h"

typedef struct {
    broadcast_loops loops;
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
} add_int8_parameters;

static inline int8_t add_one_int8(const add_int8_parameters *p, int32_t a, int32_t b)
{
    const int32_t scaled0 = multiply_quantized((a - p->zero_point0) * (1 << 20), p->multiplier0, p->shift0);
    const int32_t scaled1 = multiply_quantized((b - p->zero_point1) * (1 << 20), p->multiplier1, p->shift1);
    const int32_t sum = multiply_quantized(scaled0 + scaled1, p->multiplier, p->shift);
    return clamp_int8(sum + p->zero_point, p->least, p->greatest);
}

/* ADD. The output may be one of the inputs that has its size. */
static void add_int8(const add_int8_parameters *p, const int8_t *input0, const int8_t *input1, int8_t *output)
{
    const broadcast_loops *l = &p->loops;
    for (int32_t i0 = 0; i0 < l->size[0]; ++i0) {
        for (int32_t i1 = 0; i1 < l->size[1]; ++i1) {
            for (int32_t i2 = 0; i2 < l->size[2]; ++i2) {
                const int8_t *row0 = input0 + i0 * l->stride0[0] + i1 * l->stride0[1] + i2 * l->stride0[2];
                const int8_t *row1 = input1 + i0 * l->stride1[0] + i1 * l->stride1[1] + i2 * l->stride1[2];
                for (int32_t i3 = 0; i3 < l->size[3]; ++i3) {
                    *output++ = add_one_int8(p, *row0, *row1);
                    row0 += l->stride0[3];
                    row1 += l->stride1[3];
                }
            }
        }
    }
}
