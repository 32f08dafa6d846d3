#include "flavours.h"

#if WITH_MVE
/* Sums of four output channels, of two pixels. */
typedef struct {
    int32x4_t first;
    int32x4_t second;
} mve_sums_2x4;

/* 16 values of each of two patches with 16 weights of each of four channels: 14 instructions for 128 products. */
#define MVE_MULTIPLY_2_BY_4(multiply)    \
    "vldrb.8 q0, [%[first]], #16\n\t"    \
    "vldrb.8 q1, [%[weights]], #16\n\t"  \
    multiply " r0, q0, q1\n\t"           \
    "vldrb.8 q2, [%[second]], #16\n\t"   \
    multiply " r8, q2, q1\n\t"           \
    "vldrb.8 q1, [%[weights]], #16\n\t"  \
    multiply " r2, q0, q1\n\t"           \
    "vldrb.8 q3, [%[weights]], #16\n\t"  \
    multiply " r10, q2, q1\n\t"          \
    multiply " r4, q0, q3\n\t"           \
    "vldrb.8 q1, [%[weights]], #16\n\t"  \
    multiply " r12, q2, q3\n\t"          \
    multiply " r6, q0, q1\n\t"           \
    multiply " lr, q2, q1\n\t"

/* The products of two patches of 16 * steps values with weights [steps][4 channels][16]. VMLADAV adds into even
 * registers only, of which all eight are taken: hence the assembly. */
static inline mve_sums_2x4 mve_multiply_2x4(const int8_t *first, const int8_t *second, const int8_t *weights,
                                            int32_t steps)
{
    mve_sums_2x4 sums;
    int32_t rest = steps - 1;
    __asm__(MVE_MULTIPLY_2_BY_4("vmladav.s8")
            "lsrs %[rest], %[rest], #1\n\t"
            "bcc 1f\n\t"
            MVE_MULTIPLY_2_BY_4("vmladava.s8")
            "1:\n\t"
            "beq 3f\n\t"
            "2:\n\t"
            MVE_MULTIPLY_2_BY_4("vmladava.s8")
            MVE_MULTIPLY_2_BY_4("vmladava.s8")
            "subs %[rest], %[rest], #1\n\t"
            "bne 2b\n\t"
            "3:\n\t"
            "vmov %q[sums0][2], %q[sums0][0], r0, r4\n\t"
            "vmov %q[sums0][3], %q[sums0][1], r2, r6\n\t"
            "vmov %q[sums1][2], %q[sums1][0], r8, r12\n\t"
            "vmov %q[sums1][3], %q[sums1][1], r10, lr\n\t"
            : [first] "+r"(first), [second] "+r"(second), [weights] "+r"(weights), [rest] "+r"(rest),
              [sums0] "=&w"(sums.first), [sums1] "=&w"(sums.second)
            :
            : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2", "q3", "cc", "memory");
    return sums;
}
#endif
