/* Sums of products of int16 values with int8 weights. Rows of weights are filled up with zeros to a multiple of four.
 * Cores with the DSP extension multiply two at a time: there, each group of four weights lies in the order 0, 2, 1, 3,
 * because SXTB16 takes the even and the odd bytes of a word; the values need no preparation. */
#include "flavours.h"

#if WITH_DSP
static inline int32_t load_pair_int16(const int16_t *values)
{
    int32_t pair;
    memcpy(&pair, values, sizeof pair);
    return pair;
}

static inline int32_t load_weights_int8(const int8_t *weights)
{
    int32_t word;
    memcpy(&word, weights, sizeof word);
    return word;
}

static inline int32_t first_two_weights(int32_t word)
{
    int32_t pair;
    __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(word));
    return pair;
}

static inline int32_t last_two_weights(int32_t word)
{
    int32_t pair;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(word));
    return pair;
}
#endif

/* sums[i] += one row of weights times patch i, in 32 bits. The patches are `stride` values apart. */
static inline void multiply_4_patches_int16(const int16_t *patch, int32_t stride, const int8_t *weights,
                                            int32_t length, int32_t sums[4])
{
    const int16_t *patch1 = patch + stride;
    const int16_t *patch2 = patch1 + stride;
    const int16_t *patch3 = patch2 + stride;
    int32_t sum0 = sums[0];
    int32_t sum1 = sums[1];
    int32_t sum2 = sums[2];
    int32_t sum3 = sums[3];
#if WITH_DSP
    for (int32_t i = 0; i < length; i += 4) {
        const int32_t word = load_weights_int8(weights + i);
        const int32_t first = first_two_weights(word);
        const int32_t last = last_two_weights(word);
        sum0 = __smlad(load_pair_int16(patch + i), first, sum0);
        sum0 = __smlad(load_pair_int16(patch + i + 2), last, sum0);
        sum1 = __smlad(load_pair_int16(patch1 + i), first, sum1);
        sum1 = __smlad(load_pair_int16(patch1 + i + 2), last, sum1);
        sum2 = __smlad(load_pair_int16(patch2 + i), first, sum2);
        sum2 = __smlad(load_pair_int16(patch2 + i + 2), last, sum2);
        sum3 = __smlad(load_pair_int16(patch3 + i), first, sum3);
        sum3 = __smlad(load_pair_int16(patch3 + i + 2), last, sum3);
    }
#else
    for (int32_t i = 0; i < length; ++i) {
        const int32_t weight = weights[i];
        sum0 += patch[i] * weight;
        sum1 += patch1[i] * weight;
        sum2 += patch2[i] * weight;
        sum3 += patch3[i] * weight;
    }
#endif
    sums[0] = sum0;
    sums[1] = sum1;
    sums[2] = sum2;
    sums[3] = sum3;
}

/* sums[i] += row i of weights times one patch, in 32 bits. The rows are `stride` weights apart. */
static inline void multiply_4_rows_int16(const int16_t *patch, const int8_t *weights, int32_t stride, int32_t length,
                                         int32_t sums[4])
{
    const int8_t *row1 = weights + stride;
    const int8_t *row2 = row1 + stride;
    const int8_t *row3 = row2 + stride;
    int32_t sum0 = sums[0];
    int32_t sum1 = sums[1];
    int32_t sum2 = sums[2];
    int32_t sum3 = sums[3];
#if WITH_DSP
    for (int32_t i = 0; i < length; i += 4) {
        const int32_t first = load_pair_int16(patch + i);
        const int32_t last = load_pair_int16(patch + i + 2);
        int32_t word = load_weights_int8(weights + i);
        sum0 = __smlad(first, first_two_weights(word), sum0);
        sum0 = __smlad(last, last_two_weights(word), sum0);
        word = load_weights_int8(row1 + i);
        sum1 = __smlad(first, first_two_weights(word), sum1);
        sum1 = __smlad(last, last_two_weights(word), sum1);
        word = load_weights_int8(row2 + i);
        sum2 = __smlad(first, first_two_weights(word), sum2);
        sum2 = __smlad(last, last_two_weights(word), sum2);
        word = load_weights_int8(row3 + i);
        sum3 = __smlad(first, first_two_weights(word), sum3);
        sum3 = __smlad(last, last_two_weights(word), sum3);
    }
#else
    for (int32_t i = 0; i < length; ++i) {
        const int32_t value = patch[i];
        sum0 += value * weights[i];
        sum1 += value * row1[i];
        sum2 += value * row2[i];
        sum3 += value * row3[i];
    }
#endif
    sums[0] = sum0;
    sums[1] = sum1;
    sums[2] = sum2;
    sums[3] = sum3;
}

static inline int32_t multiply_1_row_int16(const int16_t *patch, const int8_t *weights, int32_t length)
{
    int32_t sum = 0;
#if WITH_DSP
    for (int32_t i = 0; i < length; i += 4) {
        const int32_t word = load_weights_int8(weights + i);
        sum = __smlad(load_pair_int16(patch + i), first_two_weights(word), sum);
        sum = __smlad(load_pair_int16(patch + i + 2), last_two_weights(word), sum);
    }
#else
    for (int32_t i = 0; i < length; ++i) {
        sum += (int32_t)patch[i] * weights[i];
    }
#endif
    return sum;
}
