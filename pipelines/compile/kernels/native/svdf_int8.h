#include "clamp_int8.h"
#include "fixed_point_int16.h"
#include "multiply_quantized.h"

typedef struct {
    int32_t inputs;
    int32_t units;
    int32_t rank;
    int32_t memory;
    int32_t feature_multiplier;
    int32_t feature_shift;
    int32_t output_multiplier;
    int32_t output_shift;
    int32_t zero_point;
    int32_t least;
    int32_t greatest;
} svdf_int8_parameters;

/* SVDF: `units * rank` filters, each the product of a filter over the features of this step and one over its own results
 * of the last `memory` steps, which are in `state`, [filters][memory]. Weights are [filters][inputs] and
 * [filters][memory]; feature_bias stands for the input's zero point. */
static void svdf_int8(const svdf_int8_parameters *p, const int8_t *input, const int8_t *feature_weights,
                      const int32_t *feature_bias, const int16_t *time_weights, const int32_t *bias, int16_t *state,
                      int8_t *output)
{
    for (int32_t unit = 0; unit < p->units; ++unit) {
        /* The sum may leave 32 bits for states that real signals never reach; then it wraps, as the reference's does. */
        uint32_t total = (uint32_t)bias[unit];
        int32_t scaled;
        for (int32_t filter = 0; filter < p->rank; ++filter) {
            int32_t feature = *feature_bias++;
            for (int32_t i = 0; i < p->inputs; ++i) {
                feature += input[i] * feature_weights[i];
            }
            memmove(state, state + 1, (size_t)(p->memory - 1) * sizeof *state);
            feature = multiply_quantized(feature, p->feature_multiplier, p->feature_shift);
            state[p->memory - 1] = (int16_t)saturate_int16(feature);
            for (int32_t i = 0; i < p->memory; ++i) {
                total += (uint32_t)(state[i] * time_weights[i]);
            }
            state += p->memory;
            time_weights += p->memory;
            feature_weights += p->inputs;
        }
        scaled = multiply_quantized((int32_t)total, p->output_multiplier, p->output_shift);
        output[unit] = clamp_int8(scaled + p->zero_point, p->least, p->greatest);
    }
}
