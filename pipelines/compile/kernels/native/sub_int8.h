#include "clamp_int8.h"
#include "difference_stage.h"
#include "operand_run.h"

typedef struct {
    broadcast_loops loops;
    difference_stage stage;
    int32_t least;
    int32_t greatest;
} sub_int8_parameters;

static inline int8_t sub_one_int8(const sub_int8_parameters *p, int32_t a, int32_t b)
{
    const int32_t difference = scaled_difference(&p->stage, a, b, 20);
    const int32_t scaled = multiply_quantized(difference, p->stage.multiplier, p->stage.shift) + p->stage.zero_point;
    return clamp_int8(scaled, p->least, p->greatest);
}

/* SUB. The output may be one of the operands that has its size. */
static void sub_int8(const sub_int8_parameters *p, const tile *t, const int8_t *input0, const int8_t *input1,
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
            target[i] = sub_one_int8(p, a[i * stride0], b[i * stride1]);
        }
    } while (next_operand_run(&p->loops, t, &run));
}
