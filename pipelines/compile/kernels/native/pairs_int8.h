/* Products of int8 values and weights, two at a time, with a word of four weights as it lies in memory.
 *
 * Cores with the DSP extension multiply two pairs of 16-bit numbers and add both products (SMLAD). For two values a
 * and b with the weights e and o, a 16-bit half of a word of weights is X = 256 * o - e, of which SXTB16 makes -e;
 * the values become H = b + 128 and L = 256 * (-a - 1) + 127 - b. Then
 *
 *     H * X + L * -e = 256 * (a * e + b * o) + 256 * (128 * o + e) - 255 * e
 *
 * so that a word of weights needs one instruction beside its four products, not two. All but the first term is
 * constant, and lies in the bias. A sum is 256 times that of the products; it may wrap around on its way. */
#include "flavours.h"
#include "maybe_unused.h"

#if WITH_DSP && !WITH_MVE
static inline int32_t pairs_load(const int8_t *values)
{
    int32_t word;
    memcpy(&word, values, sizeof word);
    return word;
}

/* H of four values. */
static inline int32_t pairs_upper(int32_t biased)
{
    int32_t pair;
    __asm__("uxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(biased));
    return pair;
}

/* L of four values. */
static inline int32_t pairs_lower(int32_t biased)
{
    int32_t pair;
    __asm__("rev16 %0, %1" : "=r"(pair) : "r"(biased));
    return ~pair;
}

/* What both are made of. */
static inline int32_t pairs_biased(int32_t word)
{
    return (int32_t)((uint32_t)word ^ 0x80008000u);
}

/* -e of a word of weights. */
MAYBE_UNUSED static inline int32_t pairs_even(int32_t word)
{
    int32_t pair;
    __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(word));
    return pair;
}
#endif
