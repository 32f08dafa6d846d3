#include "add_stage_int16.h"
#include "broadcast_loops.h"

typedef struct {
    broadcast_loops loops;
    add_stage_int16 stage;
} add_int16_parameters;

/* ADD and SUB of operands that broadcast. The output may be one of the inputs that has its size. */
static void add_int16(const add_int16_parameters *p, const int16_t *input0, const int16_t *input1, int16_t *output)
{
    const broadcast_loops *l = &p->loops;
    for (int32_t i0 = 0; i0 < l->size[0]; ++i0) {
        for (int32_t i1 = 0; i1 < l->size[1]; ++i1) {
            for (int32_t i2 = 0; i2 < l->size[2]; ++i2) {
                const int16_t *row0 = input0 + i0 * l->stride0[0] + i1 * l->stride0[1] + i2 * l->stride0[2];
                const int16_t *row1 = input1 + i0 * l->stride1[0] + i1 * l->stride1[1] + i2 * l->stride1[2];
                for (int32_t i3 = 0; i3 < l->size[3]; ++i3) {
                    *output++ = add_one_int16(&p->stage, *row0, *row1);
                    row0 += l->stride0[3];
                    row1 += l->stride1[3];
                }
            }
        }
    }
}
