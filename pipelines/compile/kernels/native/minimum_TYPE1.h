#include "operand_run.h"

typedef struct {
    broadcast_loops loops;
} minimum_TYPE1_parameters;

/* MINIMUM. The output may be one of the operands that has its size. */
static void minimum_TYPE1(const minimum_TYPE1_parameters *p, const tile *t, const C_TYPE1 *input0,
                            const C_TYPE1 *input1, C_TYPE1 *output)
{
    const int32_t stride0 = p->loops.stride0[3];
    const int32_t stride1 = p->loops.stride1[3];
    operand_run run = first_operand_run(&p->loops, t);
    do {
        const C_TYPE1 *a = input0 + run.input0;
        const C_TYPE1 *b = input1 + run.input1;
        C_TYPE1 *target = output + run.output;
        for (int32_t i = 0; i < run.values; ++i) {
            target[i] = a[i * stride0] < b[i * stride1] ? a[i * stride0] : b[i * stride1];
        }
    } while (next_operand_run(&p->loops, t, &run));
}
