#include "flavours.h"

/* Four patches lie side by side, a group of each after the other, where two values are multiplied at a time: so they
 * are read with one pointer. Else one after the other. */
static inline int16_t *place_of_patch_int16(int16_t *patches, int32_t index, int32_t length)
{
    return patches + (WITH_DSP ? 4 : length) * index;
}

static inline int32_t stride_of_patch_int16(void)
{
    return WITH_DSP ? 16 : 4;
}

#if WITH_DSP
/* One group of weights in the order 0, 2, 1, 3, and four patches: 13 instructions for 16 products. */
#define MULTIPLY_GROUP_INT16                    \
    "ldr %[first], [%[weights]], #4\n\t"        \
    "ldmia %[patches]!, {r2, r3, r4, r5}\n\t"   \
    "sxtb16 %[last], %[first], ror #8\n\t"      \
    "sxtb16 %[first], %[first]\n\t"             \
    "smlad %[sum0], %[first], r2, %[sum0]\n\t"  \
    "smlad %[sum1], %[first], r4, %[sum1]\n\t"  \
    "smlad %[sum0], %[last], r3, %[sum0]\n\t"   \
    "smlad %[sum1], %[last], r5, %[sum1]\n\t"   \
    "ldmia %[patches]!, {r2, r3, r4, r5}\n\t"   \
    "smlad %[sum2], %[first], r2, %[sum2]\n\t"  \
    "smlad %[sum3], %[first], r4, %[sum3]\n\t"  \
    "smlad %[sum2], %[last], r3, %[sum2]\n\t"   \
    "smlad %[sum3], %[last], r5, %[sum3]\n\t"
#define MULTIPLY_OPERANDS_INT16                                                                                       \
    : [patches] "+r"(patches), [weights] "+r"(weights), [sum0] "+r"(sums[0]), [sum1] "+r"(sums[1]),                   \
      [sum2] "+r"(sums[2]), [sum3] "+r"(sums[3]), [first] "=&r"(first), [last] "=&r"(last)                            \
    :                                                                                                                 \
    : "r2", "r3", "r4", "r5", "memory"
#endif

/* sums[i] += `count` weights of a row, from `start` on, times those values of patch i; both are multiples of four. */
static inline void multiply_4_patches_int16(const int16_t *patches, int32_t length, const int8_t *weights,
                                            int32_t start, int32_t count, int32_t sums[4])
{
    weights += start;
#if WITH_DSP
    int32_t groups = count >> 2;
    int32_t first;
    int32_t last;
    (void)length;
    patches += 4 * start;
    for (; groups >= 4; groups -= 4) {
        __asm__(MULTIPLY_GROUP_INT16 MULTIPLY_GROUP_INT16 MULTIPLY_GROUP_INT16 MULTIPLY_GROUP_INT16
                    MULTIPLY_OPERANDS_INT16);
    }
    for (; groups > 0; --groups) {
        __asm__(MULTIPLY_GROUP_INT16 MULTIPLY_OPERANDS_INT16);
    }
#else
    patches += start;
    for (int32_t i = 0; i < count; ++i) {
        const int32_t weight = weights[i];
        sums[0] += patches[i] * weight;
        sums[1] += patches[length + i] * weight;
        sums[2] += patches[2 * length + i] * weight;
        sums[3] += patches[3 * length + i] * weight;
    }
#endif
}
