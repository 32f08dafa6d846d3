#include "clamp_int8.h"
#include "multiply_quantized.h"
#include "output_stage_int8.h"

static inline int8_t requantize_int8(const output_stage_int8 *stage, int32_t sum, THIMBLE_CONST int32_t *multiplier,
                                     THIMBLE_CONST int8_t *shift, int32_t channel)
{
    const int32_t entry = stage->per_channel ? channel : 0;
    const int32_t scaled = multiply_quantized(sum, multiplier[entry], shift[entry]);
    return clamp_int8(scaled + stage->zero_point, stage->least, stage->greatest);
}
