#include "int16_pairs.h"

/* The sum of the products of one row of weights with one patch, in 32 bits. */
static inline int32_t multiply_row_int16(const int16_t *patch, const int8_t *weights, int32_t length)
{
    int32_t sum = 0;
#if INT16_PAIRS
    for (const int8_t *end = weights + length; weights < end; weights += 4, patch += 4) {
        const int32_t word = load_word_of(weights);
        sum = __smlad(load_word_of(patch), even_bytes_of(word), sum);
        sum = __smlad(load_word_of(patch + 2), odd_bytes_of(word), sum);
    }
#else
    for (int32_t i = 0; i < length; ++i) {
        sum += (int32_t)patch[i] * weights[i];
    }
#endif
    return sum;
}
