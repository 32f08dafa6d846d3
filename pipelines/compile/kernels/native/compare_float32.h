#include "operand_run.h"

typedef struct {
    broadcast_loops loops;
    int32_t accepted;
} compare_float32_parameters;

static inline int32_t order_of_float32(float a, float b)
{
    return a == a && b == b ? (a > b) - (a < b) + 1 : 3;
}

/* Comparison. Bits of accepted: a is less, equal, greater, neither (not a number). */
static void compare_float32(const compare_float32_parameters *p, const tile *t, const float *input0,
                            const float *input1, uint8_t *output)
{
    const int32_t stride0 = p->loops.stride0[3];
    const int32_t stride1 = p->loops.stride1[3];
    operand_run run = first_operand_run(&p->loops, t);
    do {
        const float *a = input0 + run.input0;
        const float *b = input1 + run.input1;
        uint8_t *target = output + run.output;
        for (int32_t i = 0; i < run.values; ++i) {
            target[i] = (uint8_t)(p->accepted >> order_of_float32(a[i * stride0], b[i * stride1]) & 1);
        }
    } while (next_operand_run(&p->loops, t, &run));
}
