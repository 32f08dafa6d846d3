#include "compiled_alone.h"
#include "flavours.h"
#include "fully_connected_int8_parameters.h"

#if WITH_MVE
/* FULLY_CONNECTED. Weights are [output_size / 4][input_size / 16][4 outputs][16 inputs], `channels`
 * [output_size / 4][bias, multiplier, shift][4]; both are filled up with zeros. Shifts are to the right.
 *
 * The reference rounds halves away from zero, VRSHL rounds them up: a negative product is made one less first. */
COMPILED_ALONE static void mve_dense_int8(const fully_connected_int8_parameters *p, const int8_t *input,
                                          const int8_t *weights, const int32_t *channels, int8_t *output)
{
    const int32x4_t zero_point = vdupq_n_s32(p->stage.zero_point);
    const int32x4_t least = vdupq_n_s32(p->stage.least);
    const int32x4_t greatest = vdupq_n_s32(p->stage.greatest);
    for (int32_t row = 0; row < p->rows; ++row, input += p->input_size, output += p->output_size) {
        const int8_t *w = weights;
        const int32_t *stage = channels;
        int8_t *target = output;
        int32_t rest = p->output_size;
        const int8_t *x;
        int32_t sum0;
        int32_t sum1;
        int32_t sum2;
        int32_t sum3;
        __asm__ volatile("1:\n\t"
                         "mov %[x], %[input]\n\t"
                         "ldrd %[sum0], %[sum1], [%[stage]]\n\t"
                         "ldrd %[sum2], %[sum3], [%[stage], #8]\n\t"
                         "dlstp.8 lr, %[length]\n"
                         "2:\n\t"
                         "vldrb.8 q0, [%[x]], #16\n\t"
                         "vldrb.8 q1, [%[weights]], #16\n\t"
                         "vmladava.s8 %[sum0], q0, q1\n\t"
                         "vldrb.8 q2, [%[weights]], #16\n\t"
                         "vmladava.s8 %[sum1], q0, q2\n\t"
                         "vldrb.8 q1, [%[weights]], #16\n\t"
                         "vmladava.s8 %[sum2], q0, q1\n\t"
                         "vldrb.8 q2, [%[weights]], #16\n\t"
                         "vmladava.s8 %[sum3], q0, q2\n\t"
                         "letp lr, 2b\n\t"
                         "vmov q0[2], q0[0], %[sum0], %[sum2]\n\t"
                         "vmov q0[3], q0[1], %[sum1], %[sum3]\n\t"
                         "vldrw.32 q1, [%[stage], #16]\n\t"
                         "vldrw.32 q2, [%[stage], #32]\n\t"
                         "vqrdmulh.s32 q0, q0, q1\n\t"
                         "vshr.s32 q1, q0, #31\n\t"
                         "vadd.i32 q0, q0, q1\n\t"
                         "vrshl.s32 q0, q0, q2\n\t"
                         "vadd.i32 q0, q0, %q[zero_point]\n\t"
                         "vmax.s32 q0, q0, %q[least]\n\t"
                         "vmin.s32 q0, q0, %q[greatest]\n\t"
                         "vctp.32 %[rest]\n\t"
                         "vpst\n\t"
                         "vstrbt.32 q0, [%[target]], #4\n\t"
                         "add %[stage], %[stage], #48\n\t"
                         "subs %[rest], %[rest], #4\n\t"
                         "bgt 1b\n\t"
                         : [weights] "+&r"(w), [stage] "+&r"(stage), [target] "+&l"(target), [rest] "+&r"(rest),
                           [x] "=&r"(x), [sum0] "=&Te"(sum0), [sum1] "=&Te"(sum1), [sum2] "=&Te"(sum2),
                           [sum3] "=&Te"(sum3)
                         : [input] "r"(input), [length] "r"(p->input_size), [zero_point] "w"(zero_point),
                           [least] "w"(least), [greatest] "w"(greatest)
                         : "lr", "q0", "q1", "q2", "cc", "memory");
    }
}
#endif
