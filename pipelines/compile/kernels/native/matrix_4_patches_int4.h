#include "compiled_alone.h"
#include "flavours.h"
#include "int4_weights.h"
#include "matrix_int4.h"

/* Four patches lie side by side, a group of four values of each after the other, where two values are multiplied at a
 * time: so they are read with one pointer. Else one after the other. */
static inline int16_t *place_of_patch_int4(int16_t *patches, int32_t index, int32_t length)
{
    return patches + (WITH_DSP ? 4 : length) * index;
}

static inline int32_t stride_of_patch_int4(void)
{
    return WITH_DSP ? 16 : 4;
}

#if WITH_DSP
/* Four weights times 16 in the bytes of a word, times four patches. */
#define MULTIPLY_HALF_INT4(word)                 \
    "ldmia %[patches]!, {r2, r3, r4, r5}\n\t"    \
    "sxtb16 %[pair], " word ", ror #8\n\t"       \
    "sxtb16 " word ", " word "\n\t"              \
    "smlad %[sum0], " word ", r2, %[sum0]\n\t"   \
    "smlad %[sum1], " word ", r4, %[sum1]\n\t"   \
    "smlad %[sum0], %[pair], r3, %[sum0]\n\t"    \
    "smlad %[sum1], %[pair], r5, %[sum1]\n\t"    \
    "ldmia %[patches]!, {r2, r3, r4, r5}\n\t"    \
    "smlad %[sum2], " word ", r2, %[sum2]\n\t"   \
    "smlad %[sum3], " word ", r4, %[sum3]\n\t"   \
    "smlad %[sum2], %[pair], r3, %[sum2]\n\t"    \
    "smlad %[sum3], %[pair], r5, %[sum3]\n\t"
/* Eight weights and four patches: 28 instructions for 32 products. */
#define MULTIPLY_GROUP_INT4                      \
    "ldr %[lower], [%[weights]], #4\n\t"         \
    "and %[upper], %[lower], #0xf0f0f0f0\n\t"    \
    "lsl %[lower], %[lower], #4\n\t"             \
    "and %[lower], %[lower], #0xf0f0f0f0\n\t"    \
    MULTIPLY_HALF_INT4("%[upper]")               \
    MULTIPLY_HALF_INT4("%[lower]")
#endif

/* sums[i] = 16 times the sum of the products of a row of packed weights with patch i. */
static inline void multiply_4_patches_int4(const int16_t *patches, int32_t length, const int8_t *weights,
                                           int32_t sums[4])
{
#if WITH_DSP
    const int8_t *end = weights + length / 2;
    int32_t upper;
    int32_t lower;
    int32_t pair;
    while (weights < end) {
        __asm__(MULTIPLY_GROUP_INT4
                : [patches] "+r"(patches), [weights] "+r"(weights), [sum0] "+r"(sums[0]), [sum1] "+r"(sums[1]),
                  [sum2] "+r"(sums[2]), [sum3] "+r"(sums[3]), [upper] "=&r"(upper), [lower] "=&r"(lower),
                  [pair] "=&r"(pair)
                :
                : "r2", "r3", "r4", "r5", "memory");
    }
#else
    for (int32_t i = 0; i < length; i += 8, weights += 4) {
        for (int32_t k = 0; k < 4; ++k) {
            const int32_t upper = upper_int4_times_16(weights[k]);
            const int32_t lower = lower_int4_times_16(weights[k]);
            for (int32_t p = 0; p < 4; ++p) {
                sums[p] += patches[p * length + i + k] * upper + patches[p * length + i + 4 + k] * lower;
            }
        }
    }
#endif
}

/* The outputs of the rows from first_row on, for four patches, whose outputs are output_stride apart. weights, bias,
 * multiplier and shift are those of row 0 of all channels. */
COMPILED_ALONE static void matrix_4_patches_int4(const matrix_int4 *m, const int16_t *patches, int32_t first_row,
                                                 const int8_t *weights, const int32_t *bias,
                                                 const int32_t *multiplier, const int8_t *shift, int8_t *output,
                                                 int32_t output_stride)
{
    weights += first_row * (m->length / 2);
    for (int32_t row = first_row; row < first_row + m->rows; ++row, weights += m->length / 2, ++output) {
        int32_t sums[4] = {0, 0, 0, 0};
        multiply_4_patches_int4(patches, m->length, weights, sums);
        for (int32_t i = 0; i < 4; ++i) {
            output[i * output_stride] = output_of_int4(&m->stage, sums[i], bias, multiplier, shift, row);
        }
    }
}
