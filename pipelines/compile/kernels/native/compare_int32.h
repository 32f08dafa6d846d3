#include "operand_run.h"
#include "order_of.h"

typedef struct {
    broadcast_loops loops;
    int32_t accepted;
} compare_int32_parameters;

/* Comparison. Bits of accepted: a is less, equal, greater, neither (not a number). */
static void compare_int32(const compare_int32_parameters *p, const tile *t, const int32_t *input0,
                          const int32_t *input1, uint8_t *output)
{
    const int32_t stride0 = p->loops.stride0[3];
    const int32_t stride1 = p->loops.stride1[3];
    operand_run run = first_operand_run(&p->loops, t);
    do {
        const int32_t *a = input0 + run.input0;
        const int32_t *b = input1 + run.input1;
        uint8_t *target = output + run.output;
        for (int32_t i = 0; i < run.values; ++i) {
            target[i] = (uint8_t)(p->accepted >> order_of(a[i * stride0], b[i * stride1]) & 1);
        }
    } while (next_operand_run(&p->loops, t, &run));
}
