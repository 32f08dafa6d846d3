#include "fast_output_stage_int8.h"

/* A matrix of int4 weights [rows][length], packed by rows; length is a multiple of eight. */
typedef struct {
    int32_t rows;
    int32_t length;
    output_stage_int8 stage;
} matrix_int4;

/* The output of the row `channel` from 16 times its sum of products. */
static inline int8_t output_of_int4(const output_stage_int8 *stage, int32_t sum_times_16, const int32_t *bias,
                                    const int32_t *multiplier, const int8_t *shift, int32_t channel)
{
    const fast_stage_int8 fast = fast_stage_of(stage, multiplier, shift, channel);
    const int32_t sum = bias[channel] + (sum_times_16 >> 4);
    return clamp_int8(fast_requantize_int8(&fast, sum), stage->least, stage->greatest);
}
