#include "compiled_alone.h"
#include "fast_output_stage_int8.h"
#include "wide_int8.h"

/* Where the groups of the patches of `count` (four, or one) pixels lie: the DSP flavour interleaves four patches
 * group by group, to read them with one pointer. */
static inline int32_t wide_stride(int32_t count)
{
    return WIDE_INT8_PAIRS ? count * WIDE_GROUP : WIDE_GROUP;
}

static inline wide_int8 *wide_patch(wide_int8 *patches, int32_t index, int32_t groups)
{
    return patches + (WIDE_INT8_PAIRS ? index : index * groups) * WIDE_GROUP;
}

/* One group of weights, four patches: 13 instructions for 16 products. */
#define MULTIPLY_GROUP_BY_4                     \
    "ldr %[even], [%[weights]], #4\n\t"         \
    "ldmia %[patches]!, {r2, r3, r4, r5}\n\t"   \
    "sxtb16 %[odd], %[even], ror #8\n\t"        \
    "sxtb16 %[even], %[even]\n\t"               \
    "smlad %[sum0], %[even], r2, %[sum0]\n\t"   \
    "smlad %[sum1], %[even], r4, %[sum1]\n\t"   \
    "smlad %[sum0], %[odd], r3, %[sum0]\n\t"    \
    "smlad %[sum1], %[odd], r5, %[sum1]\n\t"    \
    "ldmia %[patches]!, {r2, r3, r4, r5}\n\t"   \
    "smlad %[sum2], %[even], r2, %[sum2]\n\t"   \
    "smlad %[sum3], %[even], r4, %[sum3]\n\t"   \
    "smlad %[sum2], %[odd], r3, %[sum2]\n\t"    \
    "smlad %[sum3], %[odd], r5, %[sum3]\n\t"

/* sums[i] += the products of one row of weights with patch i. */
static inline void multiply_by_4_patches(const wide_int8 *patches, const int8_t *weights, int32_t groups,
                                         int32_t sums[4])
{
#if WIDE_INT8_PAIRS
    int32_t even;
    int32_t odd;
    for (; groups >= 4; groups -= 4) {
        __asm__(MULTIPLY_GROUP_BY_4 MULTIPLY_GROUP_BY_4 MULTIPLY_GROUP_BY_4 MULTIPLY_GROUP_BY_4
                : [patches] "+r"(patches), [weights] "+r"(weights), [sum0] "+r"(sums[0]), [sum1] "+r"(sums[1]),
                  [sum2] "+r"(sums[2]), [sum3] "+r"(sums[3]), [even] "=&r"(even), [odd] "=&r"(odd)
                :
                : "r2", "r3", "r4", "r5", "memory");
    }
    for (; groups > 0; --groups) {
        __asm__(MULTIPLY_GROUP_BY_4
                : [patches] "+r"(patches), [weights] "+r"(weights), [sum0] "+r"(sums[0]), [sum1] "+r"(sums[1]),
                  [sum2] "+r"(sums[2]), [sum3] "+r"(sums[3]), [even] "=&r"(even), [odd] "=&r"(odd)
                :
                : "r2", "r3", "r4", "r5", "memory");
    }
#else
    const int32_t length = 4 * groups;
    for (int32_t i = 0; i < length; ++i) {
        const int32_t weight = weights[i];
        sums[0] += patches[i] * weight;
        sums[1] += patches[length + i] * weight;
        sums[2] += patches[2 * length + i] * weight;
        sums[3] += patches[3 * length + i] * weight;
    }
#endif
}

/* sum + the products of one row of weights with one patch. */
static inline int32_t multiply_by_patch(const wide_int8 *patch, const int8_t *weights, int32_t groups, int32_t sum)
{
#if WIDE_INT8_PAIRS
    for (; groups > 0; --groups) {
        const int32_t word = load_4_int8(weights);
        sum = __smlad(even_pair(word), patch[0], sum);
        sum = __smlad(odd_pair(word), patch[1], sum);
        patch += WIDE_GROUP;
        weights += 4;
    }
#else
    for (int32_t i = 0; i < 4 * groups; ++i) {
        sum += (int32_t)patch[i] * weights[i];
    }
#endif
    return sum;
}
