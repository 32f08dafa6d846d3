#include "clamp_int32.h"
#include "operand_run.h"

typedef struct {
    broadcast_loops loops;
    int32_t least;
    int32_t greatest;
} sub_int32_parameters;

/* SUB of integers, which wrap around. The output may be one of the operands that has its size. */
static void sub_int32(const sub_int32_parameters *p, const tile *t, const int32_t *input0, const int32_t *input1,
                      int32_t *output)
{
    const int32_t stride0 = p->loops.stride0[3];
    const int32_t stride1 = p->loops.stride1[3];
    operand_run run = first_operand_run(&p->loops, t);
    do {
        const int32_t *a = input0 + run.input0;
        const int32_t *b = input1 + run.input1;
        int32_t *target = output + run.output;
        for (int32_t i = 0; i < run.values; ++i) {
            target[i] = clamp_int32((int32_t)((uint32_t)a[i * stride0] - (uint32_t)b[i * stride1]), p->least, p->greatest);
        }
    } while (next_operand_run(&p->loops, t, &run));
}
