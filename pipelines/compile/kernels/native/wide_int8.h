/* Int8 values widened to 16 bits, ready for multiplication: in groups of four, filled up with values whose
 * weights are zero. Cores with the DSP extension multiply two at a time: there a group is two words, which
 * hold its even and its odd values, because SXTB16 takes them apart like that. */
#include "flavours.h"

#define WIDE_INT8_PAIRS WITH_DSP
#if WIDE_INT8_PAIRS
typedef int32_t wide_int8;
#define WIDE_GROUP 2

static inline int32_t load_4_int8(const int8_t *values)
{
    int32_t word;
    memcpy(&word, values, sizeof word);
    return word;
}

static inline int32_t even_pair(int32_t word)
{
    int32_t pair;
    __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(word));
    return pair;
}

static inline int32_t odd_pair(int32_t word)
{
    int32_t pair;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(word));
    return pair;
}
#else
typedef int16_t wide_int8;
#define WIDE_GROUP 4
#endif

/* Write one group. */
static inline void widen_group_int8(const int8_t *values, wide_int8 *wide)
{
#if WIDE_INT8_PAIRS
    const int32_t word = load_4_int8(values);
    wide[0] = even_pair(word);
    wide[1] = odd_pair(word);
#else
    for (int32_t i = 0; i < WIDE_GROUP; ++i) {
        wide[i] = values[i];
    }
#endif
}

/* Widen count values to groups that lie stride elements apart; where the next group belongs. */
static inline wide_int8 *widen_int8(const int8_t *values, int32_t count, int32_t stride, wide_int8 *wide)
{
    for (; count >= 4; count -= 4) {
        widen_group_int8(values, wide);
        values += 4;
        wide += stride;
    }
    if (count > 0) {
        int8_t group[4] = {0, 0, 0, 0};
        for (int32_t i = 0; i < count; ++i) {
            group[i] = values[i];
        }
        widen_group_int8(group, wide);
        wide += stride;
    }
    return wide;
}

/* Widen the same value into several groups. */
static inline wide_int8 *fill_wide_int8(int8_t value, int32_t groups, int32_t stride, wide_int8 *wide)
{
    const int8_t group[4] = {value, value, value, value};
    for (; groups > 0; --groups) {
        widen_group_int8(group, wide);
        wide += stride;
    }
    return wide;
}
