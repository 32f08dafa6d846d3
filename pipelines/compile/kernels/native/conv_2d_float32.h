#include "conv_2d_float32_parameters.h"
#include "gather_patch_float32.h"
#include "matrix_vector_float32.h"

/* CONV_2D: weights are [groups][kernel_height * kernel_width * group_channels][outputs of a group]. */
static void conv_2d_float32(const conv_2d_float32_parameters *parameters, const tile *t, const float *input,
                            THIMBLE_CONST float *weights, THIMBLE_CONST float *bias, float *patch, float *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const int32_t group_outputs = g->output_channels / g->groups;
    const int32_t length = g->kernel_height * g->kernel_width * g->group_channels;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        float *target = output + view_pixel(&t->output, y, t->first_column) * g->output_channels;
        const int32_t top = y * g->stride_height - g->pad_top;
        for (int32_t x = t->first_column; x < t->end_column; ++x) {
            const int32_t left = x * g->stride_width - g->pad_left;
            for (int32_t group = 0; group < g->groups; ++group) {
                const int32_t first = group * group_outputs;
                gather_patch_float32(g, &t->inputs[0], input + group * g->group_channels, top, left, 0.0f, patch);
                matrix_vector_float32(patch, length, weights + first * length, bias + first, group_outputs,
                                      parameters->least, parameters->greatest, target);
                target += group_outputs;
            }
        }
    }
}
