#include "conv_2d_int8_parameters.h"
#include "is_narrow_int8.h"
#include "tile.h"
#include "wide_multiply_int8.h"

/* Widen the pixels under the window at output (y, x), row by row of the window. Where it reaches over the left or
 * right edge of the image, its row is put together in `edge` first. */
static void gather_wide_patch_int8(const conv_2d_geometry *g, const image_view *view, const int8_t *input, int32_t y,
                                   int32_t x, int8_t padding, int32_t stride, wide_int8 *patch, int8_t *edge)
{
    const int32_t channels = g->input_channels;
    const int32_t left = x * g->stride_width - g->pad_left;
    const int32_t row_length = g->kernel_width * channels;
    const int32_t before = left < 0 ? -left * channels : 0;
    const int32_t reach = (g->input_width - left) * channels;
    const int32_t after = reach < row_length ? reach : row_length;
    int32_t row = y * g->stride_height - g->pad_top;
    for (int32_t ky = 0; ky < g->kernel_height; ++ky, row += g->dilation_height) {
        if (row < 0 || row >= g->input_height || before >= after) {
            patch = fill_wide_int8(padding, (row_length + 3) / 4, stride, patch);
        } else if (before == 0 && after == row_length) {
            patch = widen_int8(input + view_pixel(view, row, left) * channels, row_length, stride, patch);
        } else {
            const int32_t first = view_pixel(view, row, left) * channels;
            for (int32_t i = 0; i < row_length; ++i) {
                edge[i] = i >= before && i < after ? input[first + i] : padding;
            }
            patch = widen_int8(edge, row_length, stride, patch);
        }
    }
}

/* All outputs of the four pixels whose patches were gathered. */
COMPILED_ALONE static void conv_2d_4_pixels_int8(const output_stage_int8 *stage, const wide_int8 *patches,
                                                 const int8_t *weights, int32_t groups, const int32_t *bias,
                                                 const int32_t *multiplier, const int8_t *shift, int32_t outputs,
                                                 int8_t *output)
{
    const int narrow = is_narrow(stage);
    for (int32_t c = 0; c < outputs; ++c, weights += 4 * groups) {
        const fast_stage_int8 fast = fast_stage_of(stage, multiplier, shift, c);
        int32_t sums[4] = {bias[c], bias[c], bias[c], bias[c]};
        multiply_by_4_patches(patches, weights, groups, sums);
        for (int32_t i = 0; i < 4; ++i) {
            sums[i] = fast_requantize_int8(&fast, sums[i]);
        }
        if (narrow) {
            for (int32_t i = 0; i < 4; ++i) {
                sums[i] = clamp_int8(sums[i], stage->least, stage->greatest);
            }
        }
        for (int32_t i = 0; i < 4; ++i) {
            output[i * outputs + c] = (int8_t)sums[i];
        }
    }
}

static inline void conv_2d_1_pixel_int8(const output_stage_int8 *stage, const wide_int8 *patch,
                                        const int8_t *weights, int32_t groups, const int32_t *bias,
                                        const int32_t *multiplier, const int8_t *shift, int32_t outputs,
                                        int8_t *output)
{
    for (int32_t c = 0; c < outputs; ++c, weights += 4 * groups) {
        const fast_stage_int8 fast = fast_stage_of(stage, multiplier, shift, c);
        const int32_t scaled = fast_requantize_int8(&fast, multiply_by_patch(patch, weights, groups, bias[c]));
        output[c] = clamp_int8(scaled, stage->least, stage->greatest);
    }
}

/* CONV_2D, as the product of the weights with the patches of four pixels at a time. Weights are
 * [output_channels][kernel_height][kernel_width * input_channels, filled up with zeros to a multiple of 4].
 * For a 1 x 1 window of stride 1 the output may be the input, if it has no more channels. */
static void conv_2d_int8(const conv_2d_int8_parameters *parameters, const tile *t, const int8_t *input,
                         const int8_t *weights, const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                         wide_int8 *patches, int8_t *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const output_stage_int8 *stage = &parameters->stage;
    const int32_t groups = g->kernel_height * ((g->kernel_width * g->input_channels + 3) / 4);
    const int32_t outputs = g->output_channels;
    int8_t *edge = (int8_t *)(patches + 4 * groups * WIDE_GROUP);
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        int8_t *target = output + view_pixel(&t->output, y, t->first_column) * outputs;
        int32_t count = 4;
        for (int32_t x = t->first_column; x < t->end_column; x += count, target += count * outputs) {
            count = t->end_column - x >= 4 ? 4 : 1;
            for (int32_t i = 0; i < count; ++i) {
                gather_wide_patch_int8(g, &t->inputs[0], input, y, x + i, (int8_t)parameters->input_zero_point,
                                       wide_stride(count), wide_patch(patches, i, groups), edge);
            }
            if (count == 4) {
                conv_2d_4_pixels_int8(stage, patches, weights, groups, bias, multiplier, shift, outputs, target);
            } else {
                conv_2d_1_pixel_int8(stage, patches, weights, groups, bias, multiplier, shift, outputs, target);
            }
        }
    }
}
