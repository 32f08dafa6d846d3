#include "operand_run.h"

typedef struct {
    broadcast_loops loops;
} minimum_int16_parameters;

/* MINIMUM. The output may be one of the operands that has its size. */
static void minimum_int16(const minimum_int16_parameters *p, const tile *t, const int16_t *input0,
                          const int16_t *input1, int16_t *output)
{
    const int32_t stride0 = p->loops.stride0[3];
    const int32_t stride1 = p->loops.stride1[3];
    operand_run run = first_operand_run(&p->loops, t);
    do {
        const int16_t *a = input0 + run.input0;
        const int16_t *b = input1 + run.input1;
        int16_t *target = output + run.output;
        for (int32_t i = 0; i < run.values; ++i) {
            target[i] = a[i * stride0] < b[i * stride1] ? a[i * stride0] : b[i * stride1];
        }
    } while (next_operand_run(&p->loops, t, &run));
}
