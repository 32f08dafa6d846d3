#include "operand_run.h"

typedef struct {
    broadcast_loops loops;
} prelu_float32_parameters;

/* PRELU: b is the slope below zero. The output may be one of the operands that has its size. */
static void prelu_float32(const prelu_float32_parameters *p, const tile *t, const float *input0, const float *input1,
                          float *output)
{
    const int32_t stride0 = p->loops.stride0[3];
    const int32_t stride1 = p->loops.stride1[3];
    operand_run run = first_operand_run(&p->loops, t);
    do {
        const float *a = input0 + run.input0;
        const float *b = input1 + run.input1;
        float *target = output + run.output;
        for (int32_t i = 0; i < run.values; ++i) {
            target[i] = a[i * stride0] >= 0.0f ? a[i * stride0] : a[i * stride0] * b[i * stride1];
        }
    } while (next_operand_run(&p->loops, t, &run));
}
