#include "conv_2d_float32_parameters.h"
#include "gather_patch_float32.h"
#include "matrix_vector_float32.h"

/* CONV_2D: weights are [groups][kernel_height * kernel_width * group_channels][outputs of a group]. */
static void conv_2d_float32(const conv_2d_float32_parameters *parameters, const float *input, const float *weights,
                            const float *bias, float *patch, float *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const int32_t group_outputs = g->output_channels / g->groups;
    const int32_t length = g->kernel_height * g->kernel_width * g->group_channels;
    for (int32_t y = 0; y < g->output_height; ++y) {
        const int32_t top = y * g->stride_height - g->pad_top;
        for (int32_t x = 0; x < g->output_width; ++x) {
            const int32_t left = x * g->stride_width - g->pad_left;
            for (int32_t group = 0; group < g->groups; ++group) {
                const int32_t first = group * group_outputs;
                gather_patch_float32(g, input + group * g->group_channels, top, left, 0.0f, patch);
                matrix_vector_float32(patch, length, weights + first * length, bias + first, group_outputs,
                                      parameters->least, parameters->greatest, output);
                output += group_outputs;
            }
        }
    }
}
