#include "flavours.h"
#include "output_stage_int8.h"

#if WITH_MVE
/* Four channels of an output stage whose shifts are to the right. */
typedef struct {
    int32x4_t bias;
    int32x4_t multiplier;
    int32x4_t shift;
} mve_stage_int8;

static inline mve_stage_int8 mve_stage_of(const int32_t *bias, const int32_t *multiplier, const int8_t *shift)
{
    mve_stage_int8 stage;
    stage.bias = vld1q_s32(bias);
    stage.multiplier = vld1q_s32(multiplier);
    stage.shift = vldrbq_s32(shift);
    return stage;
}

/* Four sums to outputs. The reference rounds halves away from zero, VRSHL rounds them up: a negative product is
 * made one less first. Where an activation brings everything below the zero point to one value, that shows nowhere. */
static inline int32x4_t mve_requantize_int8(const output_stage_int8 *p, const mve_stage_int8 *stage, int32x4_t sums)
{
    int32x4_t high = vqrdmulhq_s32(vaddq_s32(sums, stage->bias), stage->multiplier);
    if (p->least < p->zero_point) {
        high = vaddq_s32(high, vshrq_n_s32(high, 31));
    }
    high = vaddq_n_s32(vrshlq_s32(high, stage->shift), p->zero_point);
    return vminq_s32(vmaxq_s32(high, vdupq_n_s32(p->least)), vdupq_n_s32(p->greatest));
}
#endif
