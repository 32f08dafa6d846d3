#include "difference_stage.h"
#include "operand_run.h"
#include "order_of.h"

typedef struct {
    broadcast_loops loops;
    int32_t accepted;
    difference_stage stage;
} compare_int8_parameters;

/* Comparison of quantized numbers. Bits of accepted: a is less, equal, greater. */
static void compare_int8(const compare_int8_parameters *p, const tile *t, const int8_t *input0, const int8_t *input1,
                         uint8_t *output)
{
    const int32_t stride0 = p->loops.stride0[3];
    const int32_t stride1 = p->loops.stride1[3];
    operand_run run = first_operand_run(&p->loops, t);
    do {
        const int8_t *a = input0 + run.input0;
        const int8_t *b = input1 + run.input1;
        uint8_t *target = output + run.output;
        for (int32_t i = 0; i < run.values; ++i) {
            target[i] = (uint8_t)(p->accepted >> order_of(scaled_difference(&p->stage, a[i * stride0], b[i * stride1], 8), 0) & 1);
        }
    } while (next_operand_run(&p->loops, t, &run));
}
