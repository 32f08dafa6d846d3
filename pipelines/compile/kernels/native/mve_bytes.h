#include "flavours.h"

#if WITH_MVE
/* Copy count bytes, 16 at a time, never touching any beyond. */
static inline void mve_copy_bytes(int8_t *target, const int8_t *source, int32_t count)
{
    for (; count >= 16; count -= 16, source += 16, target += 16) {
        vst1q_s8(target, vld1q_s8(source));
    }
    if (count > 0) {
        const mve_pred16_t rest = vctp8q((uint32_t)count);
        vst1q_p_s8(target, vld1q_z_s8(source, rest), rest);
    }
}

static inline void mve_fill_bytes(int8_t *target, int8_t value, int32_t count)
{
    for (; count > 0; count -= 16, target += 16) {
        vst1q_p_s8(target, vdupq_n_s8(value), vctp8q((uint32_t)count));
    }
}
#endif
