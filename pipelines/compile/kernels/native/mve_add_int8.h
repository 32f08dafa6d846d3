#include "compiled_alone.h"
#include "fast_add_stage_int8.h"
#include "flavours.h"

#if WITH_MVE
/* count sums, as fast_add_one_int8 makes them. Sums are rounded halves away from zero: VRSHL rounds them up, so that
 * those below zero are made one less first. */
COMPILED_ALONE static void mve_add_int8(const fast_add_stage_int8 *s, const int8_t *fine, const int8_t *coarse,
                                        int32_t count, int8_t *target)
{
    const int32x4_t fine_scale = vdupq_n_s32((int32_t)1 << 20);
    const int32x4_t coarse_scale = vdupq_n_s32((int32_t)1 << 19);
    const int32x4_t least = vdupq_n_s32(s->least);
    const int32x4_t greatest = vdupq_n_s32(s->greatest);
    __asm__ volatile("wlstp.32 lr, %[count], 2f\n"
                     "1:\n\t"
                     "vldrb.s32 q0, [%[fine]], #4\n\t"
                     "vldrb.s32 q1, [%[coarse]], #4\n\t"
                     "vmlas.s32 q0, %q[fine_scale], %[fine_zero]\n\t"
                     "vmlas.s32 q1, %q[coarse_scale], %[zero]\n\t"
                     "vshr.s32 q2, q0, #31\n\t"
                     "vqrdmlah.s32 q2, q0, %[fine_multiplier]\n\t"
                     "vrshl.s32 q2, %[fine_shift]\n\t"
                     "vadd.i32 q2, q2, q1\n\t"
                     "vshr.s32 q0, q2, #31\n\t"
                     "vqrdmlah.s32 q0, q2, %[multiplier]\n\t"
                     "vrshl.s32 q0, %[shift]\n\t"
                     "vadd.i32 q0, q0, %[zero_point]\n\t"
                     "vmax.s32 q0, q0, %q[least]\n\t"
                     "vmin.s32 q0, q0, %q[greatest]\n\t"
                     "vstrb.32 q0, [%[target]], #4\n\t"
                     "letp lr, 1b\n"
                     "2:\n\t"
                     : [fine] "+&l"(fine), [coarse] "+&l"(coarse), [target] "+&l"(target)
                     : [count] "r"(count), [least] "w"(least), [greatest] "w"(greatest), [fine_scale] "w"(fine_scale), [coarse_scale] "w"(coarse_scale),
                       [fine_zero] "r"(-(s->fine_zero_point >> 1)), [fine_multiplier] "r"(s->fine_multiplier),
                       [fine_shift] "r"(-s->fine_right), [zero] "r"(s->zero),
                       [multiplier] "r"((uint32_t)s->multiplier >> 1), [shift] "r"(-s->right),
                       [zero_point] "r"(s->offset >> s->right)
                     : "lr", "q0", "q1", "q2", "memory");
}
#endif
