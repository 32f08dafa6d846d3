#include "conv_2d_int8_parameters.h"
#include "gather_patch_int8.h"
#include "matrix_vector_int8.h"

/* CONV_2D of any kind: with groups, dilation and output scales that conv_2d_int8 does not take. Weights are
 * [output_channels][kernel_height][kernel_width][group_channels]. */
static void general_conv_2d_int8(const conv_2d_int8_parameters *parameters, const tile *t, const int8_t *input,
                                 THIMBLE_CONST int8_t *weights, THIMBLE_CONST int32_t *bias,
                                 THIMBLE_CONST int32_t *multiplier,
                                 THIMBLE_CONST int8_t *shift, int8_t *patch, int8_t *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const int8_t padding = (int8_t)parameters->input_zero_point;
    const int32_t group_outputs = g->output_channels / g->groups;
    const int32_t length = g->kernel_height * g->kernel_width * g->group_channels;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        int8_t *target = output + view_pixel(&t->output, y, t->first_column) * g->output_channels;
        const int32_t top = y * g->stride_height - g->pad_top;
        for (int32_t x = t->first_column; x < t->end_column; ++x) {
            const int32_t left = x * g->stride_width - g->pad_left;
            for (int32_t group = 0; group < g->groups; ++group) {
                const int32_t first = group * group_outputs;
                gather_patch_int8(g, &t->inputs[0], input + group * g->group_channels, top, left, padding, patch);
                matrix_vector_int8(&parameters->stage, patch, length, weights + first * length, bias, multiplier,
                                   shift, first, group_outputs, target);
                target += group_outputs;
            }
        }
    }
}
