#include "clamp_int16.h"
#include "flavours.h"
#include "output_stage_int16.h"

/* The output of a whole sum in mode 0. */
static inline int16_t fast_requantize_int16(const output_stage_int16 *stage, int32_t sum,
                                            const int32_t *multiplier, int32_t channel)
{
    const int32_t factor = multiplier[stage->per_channel ? channel : 0];
    int32_t scaled;
#if WITH_DSP
    __asm__("smmulr %0, %1, %2" : "=r"(scaled) : "r"(sum), "r"(factor));
#else
    scaled = (int32_t)(((int64_t)sum * factor + ((int64_t)1 << 31)) >> 32);
#endif
    return clamp_int16(scaled, stage->least, stage->greatest);
}
