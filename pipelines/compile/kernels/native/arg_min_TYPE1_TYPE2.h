#include "axis_sizes.h"

/* ARG_MIN: where along the axis the least value is; the first of several. */
static void arg_min_TYPE1_TYPE2(const axis_sizes *p, const C_TYPE1 *input, C_TYPE2 *output)
{
    for (int32_t outer = 0; outer < p->outer; ++outer) {
        for (int32_t inner = 0; inner < p->inner; ++inner) {
            const C_TYPE1 *values = input + outer * p->axis * p->inner + inner;
            int32_t best = 0;
            for (int32_t i = 1; i < p->axis; ++i) {
                best = values[i * p->inner] < values[best * p->inner] ? i : best;
            }
            *output++ = best;
        }
    }
}
