#include "clamp_float32.h"

typedef struct {
    int32_t inputs;
    int32_t units;
    int32_t rank;
    int32_t memory;
    float least;
    float greatest;
} svdf_float32_parameters;

/* SVDF: `units * rank` filters, each the product of a filter over the features of this step and one over its own results
 * of the last `memory` steps, which are in `state`, [filters][memory]. Weights are [filters][inputs] and
 * [filters][memory]. */
static void svdf_float32(const svdf_float32_parameters *p, const float *input, const float *feature_weights,
                         const float *time_weights, const float *bias, float *state, float *output)
{
    for (int32_t unit = 0; unit < p->units; ++unit) {
        float total = bias[unit];
        for (int32_t filter = 0; filter < p->rank; ++filter) {
            float feature = 0.0f;
            float filtered = 0.0f;
            for (int32_t i = 0; i < p->inputs; ++i) {
                feature += input[i] * feature_weights[i];
            }
            memmove(state, state + 1, (size_t)(p->memory - 1) * sizeof *state);
            state[p->memory - 1] = feature;
            for (int32_t i = 0; i < p->memory; ++i) {
                filtered += state[i] * time_weights[i];
            }
            total += filtered;
            state += p->memory;
            time_weights += p->memory;
            feature_weights += p->inputs;
        }
        output[unit] = clamp_float32(total, p->least, p->greatest);
    }
}
