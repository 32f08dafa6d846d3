#include "broadcast_loops.h"
#include "limits_float32.h"

typedef struct {
    broadcast_loops loops;
    limits_float32 stage;
} mul_float32_parameters;

/* MUL of operands that broadcast. The output may be one of the inputs that has its size. */
static void mul_float32(const mul_float32_parameters *p, const float *input0, const float *input1, float *output)
{
    const broadcast_loops *l = &p->loops;
    for (int32_t i0 = 0; i0 < l->size[0]; ++i0) {
        for (int32_t i1 = 0; i1 < l->size[1]; ++i1) {
            for (int32_t i2 = 0; i2 < l->size[2]; ++i2) {
                const float *row0 = input0 + i0 * l->stride0[0] + i1 * l->stride0[1] + i2 * l->stride0[2];
                const float *row1 = input1 + i0 * l->stride1[0] + i1 * l->stride1[1] + i2 * l->stride1[2];
                for (int32_t i3 = 0; i3 < l->size[3]; ++i3) {
                    *output++ = clamp_float32(*row0 * *row1, p->stage.least, p->stage.greatest);
                    row0 += l->stride0[3];
                    row1 += l->stride1[3];
                }
            }
        }
    }
}
