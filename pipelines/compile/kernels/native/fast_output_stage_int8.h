#include "clamp_int8.h"
#include "flavours.h"
#include "maybe_unused.h"
#include "output_stage_int8.h"

/* The output stage of one channel whose shift is to the right, with what is constant worked out.
 * round_half_away(high / 2^right) + zero_point = (high - (high < 0) + offset) >> right. */
typedef struct {
    int32_t multiplier;
    int32_t offset;
    int32_t right;
} fast_stage_int8;

MAYBE_UNUSED static inline fast_stage_int8 fast_stage_of(const output_stage_int8 *stage,
                                                         THIMBLE_CONST int32_t *multiplier,
                                            THIMBLE_CONST int8_t *shift, int32_t channel)
{
    const int32_t entry = stage->per_channel ? channel : 0;
    fast_stage_int8 fast;
    fast.multiplier = multiplier[entry];
    fast.right = -shift[entry];
    fast.offset = (2 * stage->zero_point + 1) * ((int32_t)1 << (fast.right - 1));
    return fast;
}

/* Scale and saturate; what is left is to clamp, where the layer's range is_narrow. `twice` is twice the multiplier. */
MAYBE_UNUSED static inline int32_t fast_scale_int8(int32_t sum, int32_t twice, int32_t offset, int32_t right)
{
#if WITH_DSP
    /* sum * 2^32 + sum * (2 * multiplier - 2^32), rounded to its upper word. */
    int32_t high;
    __asm__("smmlar %0, %1, %2, %1" : "=r"(high) : "r"(sum), "r"(twice));
    high = (high + (high >> 31) + offset) >> right;
    __asm__("ssat %0, #8, %1" : "=r"(high) : "r"(high));
    return high;
#else
    const int32_t high = (int32_t)(((int64_t)sum * (uint32_t)twice + ((int64_t)1 << 31)) >> 32);
    return clamp_int8((high + (high >> 31) + offset) >> right, -128, 127);
#endif
}

MAYBE_UNUSED static inline int32_t fast_requantize_int8(const fast_stage_int8 *fast, int32_t sum)
{
    return fast_scale_int8(sum, (int32_t)((uint32_t)fast->multiplier << 1), fast->offset, fast->right);
}
