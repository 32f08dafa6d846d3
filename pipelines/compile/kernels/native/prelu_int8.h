#include "clamp_int8.h"
#include "multiply_quantized.h"
#include "operand_run.h"

typedef struct {
    broadcast_loops loops;
    int32_t zero_point0;
    int32_t zero_point1;
    int32_t multiplier_above;
    int32_t shift_above;
    int32_t multiplier_below;
    int32_t shift_below;
    int32_t zero_point;
} prelu_int8_parameters;

static inline int8_t prelu_one_int8(const prelu_int8_parameters *p, int32_t value, int32_t slope)
{
    const int32_t scaled = value >= 0 ? multiply_quantized(value, p->multiplier_above, p->shift_above)
                                      : multiply_quantized(value * slope, p->multiplier_below, p->shift_below);
    return clamp_int8(scaled + p->zero_point, -128, 127);
}

/* PRELU: b is the slope below zero. The output may be one of the operands that has its size. */
static void prelu_int8(const prelu_int8_parameters *p, const tile *t, const int8_t *input0, const int8_t *input1,
                       int8_t *output)
{
    const int32_t stride0 = p->loops.stride0[3];
    const int32_t stride1 = p->loops.stride1[3];
    operand_run run = first_operand_run(&p->loops, t);
    do {
        const int8_t *a = input0 + run.input0;
        const int8_t *b = input1 + run.input1;
        int8_t *target = output + run.output;
        for (int32_t i = 0; i < run.values; ++i) {
            target[i] = prelu_one_int8(p, a[i * stride0] - p->zero_point0, b[i * stride1] - p->zero_point1);
        }
    } while (next_operand_run(&p->loops, t, &run));
}
