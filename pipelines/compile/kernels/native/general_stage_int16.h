#include "clamp_int16.h"
#include "compiled_alone.h"
#include "multiply_quantized.h"
#include "output_stage_int16.h"

/* The output of a sum of products, without its bias, in modes 1 to 3. */
COMPILED_ALONE static int16_t general_requantize_int16(const output_stage_int16 *stage, int64_t sum,
                                                       const int32_t *bias, const int32_t *multiplier,
                                                       const int8_t *shift, int32_t channel)
{
    const int32_t entry = stage->per_channel ? channel : 0;
    const int32_t right = shift[entry];
    int32_t scaled;
    if (stage->mode == 2) {
        const uint64_t upper = (uint64_t)(uint32_t)bias[2 * channel + 1] << 32;
        sum += (int64_t)(upper | (uint32_t)bias[2 * channel]);
    } else {
        sum += bias[channel];
    }
    if (stage->mode == 3) {
        scaled = multiply_quantized((int32_t)sum, multiplier[entry], right);
    } else {
        scaled = (int32_t)((sum * multiplier[entry] + ((int64_t)1 << (right - 1))) >> right);
    }
    return clamp_int16(scaled, stage->least, stage->greatest);
}
