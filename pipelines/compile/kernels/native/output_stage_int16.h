#include "clamp_int16.h"
#include "multiply_quantized.h"

/* How a sum becomes an int16 output. mode 0: the sum fits 32 bits; 1: it needs 64, and the bias is there as two words
 * for each channel, the lower first; both are scaled by a multiplier of 15 bits and shifted to the right. 2: the bias
 * of the file had 32 bits, and the sum is scaled as that of an int8 layer. With per_channel, multiplier and shift have
 * one entry for each output channel, else one for all. */
typedef struct {
    int32_t least;
    int32_t greatest;
    int32_t mode;
    int32_t per_channel;
} output_stage_int16;

static inline int64_t bias_int16(const output_stage_int16 *stage, const int32_t *bias, int32_t channel)
{
    if (stage->mode == 1) {
        return (int64_t)(((uint64_t)(uint32_t)bias[2 * channel + 1] << 32) | (uint32_t)bias[2 * channel]);
    }
    return bias[channel];
}

static inline int16_t requantize_int16(const output_stage_int16 *stage, int64_t sum, const int32_t *multiplier,
                                       const int8_t *shift, int32_t channel)
{
    const int32_t entry = stage->per_channel ? channel : 0;
    const int32_t factor = multiplier[entry];
    const int32_t right = shift[entry];
    int32_t scaled;
    if (stage->mode == 2) {
        scaled = multiply_quantized((int32_t)sum, factor, right);
    } else {
        const int64_t product = stage->mode == 1 ? sum * factor : (int64_t)(int32_t)sum * factor;
        scaled = (int32_t)((product + ((int64_t)1 << (right - 1))) >> right);
    }
    return clamp_int16(scaled, stage->least, stage->greatest);
}
