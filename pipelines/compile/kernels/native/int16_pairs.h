/* Rows of int8 weights that int16 values are multiplied with are filled up with zeros to a multiple of four. Cores with
 * the DSP extension multiply two at a time: there, each group of four weights lies in the order 0, 2, 1, 3, because
 * SXTB16 takes the even and the odd bytes of a word; the values need no preparation. */
#include "flavours.h"

#define INT16_PAIRS WITH_DSP
#if INT16_PAIRS
static inline int32_t load_word_of(const void *values)
{
    int32_t word;
    memcpy(&word, values, sizeof word);
    return word;
}

static inline int32_t even_bytes_of(int32_t word)
{
    int32_t pair;
    __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(word));
    return pair;
}

static inline int32_t odd_bytes_of(int32_t word)
{
    int32_t pair;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(word));
    return pair;
}
#endif
