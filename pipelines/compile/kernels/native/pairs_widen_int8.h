#include "pairs_int8.h"

#if WITH_DSP && !WITH_MVE
/* From a group of a patch to the next, in words; H and L of a group are half of that apart. */
enum { PAIRS_GROUP_WORDS = 8 };

static inline void pairs_widen_group(int32_t word, int32_t *group)
{
    const int32_t biased = pairs_biased(word);
    group[0] = pairs_upper(biased);
    group[PAIRS_GROUP_WORDS / 2] = pairs_lower(biased);
}

/* Widen count values to a patch; where its next group belongs. */
static inline int32_t *pairs_widen(const int8_t *values, int32_t count, int32_t *patch)
{
    for (; count >= 8; count -= 8, values += 8, patch += 2 * PAIRS_GROUP_WORDS) {
        const int32_t first = pairs_load(values);
        const int32_t second = pairs_load(values + 4);
        pairs_widen_group(first, patch);
        pairs_widen_group(second, patch + PAIRS_GROUP_WORDS);
    }
    for (; count >= 4; count -= 4, values += 4, patch += PAIRS_GROUP_WORDS) {
        pairs_widen_group(pairs_load(values), patch);
    }
    if (count > 0) {
        uint32_t word = (uint8_t)values[0];
        word |= count > 1 ? (uint32_t)(uint8_t)values[1] << 8 : 0u;
        word |= count > 2 ? (uint32_t)(uint8_t)values[2] << 16 : 0u;
        pairs_widen_group((int32_t)word, patch);
        patch += PAIRS_GROUP_WORDS;
    }
    return patch;
}
#endif
