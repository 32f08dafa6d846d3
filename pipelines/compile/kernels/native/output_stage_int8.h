#include "clamp_int8.h"
#include "multiply_quantized.h"

/* How a 32-bit sum becomes an int8 output. With per_channel, multiplier and shift have one entry for
 * each output channel, else one for all. */
typedef struct {
    int32_t zero_point;
    int32_t least;
    int32_t greatest;
    int32_t per_channel;
} output_stage_int8;

static inline int8_t requantize_int8(const output_stage_int8 *stage, int32_t sum, const int32_t *multiplier,
                                     const int8_t *shift, int32_t channel)
{
    const int32_t entry = stage->per_channel ? channel : 0;
    const int32_t scaled = multiply_quantized(sum, multiplier[entry], shift[entry]);
    return clamp_int8(scaled + stage->zero_point, stage->least, stage->greatest);
}
