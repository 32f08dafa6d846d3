#include "compiled_alone.h"
#include "conv_2d_int8_parameters.h"
#include "fast_output_stage_int8.h"
#include "rows_in_one.h"
#include "tile.h"

#if !WITH_DSP && !WITH_MVE
/* Widen the pixels under the window at output (y, x), row by row of the window. */
static void gather_wide_patch_int8(const conv_2d_geometry *g, const image_view *view, const int8_t *input, int32_t y,
                                   int32_t x, int16_t padding, int16_t *patch)
{
    const int32_t channels = g->input_channels;
    const int32_t left = x * g->stride_width - g->pad_left;
    const int32_t row_length = g->kernel_width * channels;
    const int32_t outside = left < 0 ? -left * channels : 0;
    const int32_t before = outside < row_length ? outside : row_length;
    const int32_t reach = (g->input_width - left) * channels;
    const int32_t after = reach < row_length ? reach : row_length;
    int32_t row = y * g->stride_height - g->pad_top;
    for (int32_t ky = 0; ky < g->kernel_height; ++ky, row += g->dilation_height, patch += row_length) {
        int32_t i = 0;
        if (row >= 0 && row < g->input_height && before < after) {
            const int8_t *inside = input + view_pixel(view, row, left + before / channels) * channels;
            for (; i < before; ++i) {
                patch[i] = padding;
            }
            for (; i < after; ++i) {
                patch[i] = inside[i - before];
            }
        }
        for (; i < row_length; ++i) {
            patch[i] = padding;
        }
    }
}

/* All outputs of four pixels. */
COMPILED_ALONE static void patches_4_pixels(const output_stage_int8 *stage, const int16_t *patches,
                                            THIMBLE_CONST int8_t *weights, int32_t length, THIMBLE_CONST int32_t *bias,
                                            THIMBLE_CONST int32_t *multiplier, THIMBLE_CONST int8_t *shift,
                                            int32_t outputs,
                                            int8_t *output)
{
    for (int32_t c = 0; c < outputs; ++c, weights += length) {
        const fast_stage_int8 fast = fast_stage_of(stage, multiplier, shift, c);
        int32_t sums[4] = {bias[c], bias[c], bias[c], bias[c]};
        for (int32_t i = 0; i < length; ++i) {
            const int32_t weight = weights[i];
            sums[0] += patches[i] * weight;
            sums[1] += patches[length + i] * weight;
            sums[2] += patches[2 * length + i] * weight;
            sums[3] += patches[3 * length + i] * weight;
        }
        for (int32_t i = 0; i < 4; ++i) {
            const int32_t scaled = fast_requantize_int8(&fast, sums[i]);
            output[i * outputs + c] = clamp_int8(scaled, stage->least, stage->greatest);
        }
    }
}

/* All outputs of one pixel. */
COMPILED_ALONE static void patches_1_pixel(const output_stage_int8 *stage, const int16_t *patch,
                                           THIMBLE_CONST int8_t *weights, int32_t length, THIMBLE_CONST int32_t *bias,
                                           THIMBLE_CONST int32_t *multiplier, THIMBLE_CONST int8_t *shift,
                                           int32_t outputs,
                                           int8_t *output)
{
    for (int32_t c = 0; c < outputs; ++c, weights += length) {
        const fast_stage_int8 fast = fast_stage_of(stage, multiplier, shift, c);
        int32_t sum = bias[c];
        for (int32_t i = 0; i < length; ++i) {
            sum += patch[i] * weights[i];
        }
        output[c] = clamp_int8(fast_requantize_int8(&fast, sum), stage->least, stage->greatest);
    }
}

/* CONV_2D, as the product of the weights with the patches of four pixels at a time. Weights are
 * [output channels][kernel_height][kernel_width][input_channels]. For a 1 x 1 window of stride 1 the output may be
 * the input, if it has no more channels. */
static void patches_conv_2d_int8(const conv_2d_int8_parameters *parameters, const tile *t, const int8_t *input,
                                 THIMBLE_CONST int8_t *weights, THIMBLE_CONST int32_t *bias,
                                 THIMBLE_CONST int32_t *multiplier,
                                 THIMBLE_CONST int8_t *shift, int16_t *patches, int8_t *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const output_stage_int8 *stage = &parameters->stage;
    const int32_t length = g->kernel_height * g->kernel_width * g->input_channels;
    const int32_t outputs = g->output_channels;
    int32_t rows = 0;
    for (int32_t first_row = t->first_row; first_row < t->end_row; first_row += rows) {
        int8_t *target = output + view_pixel(&t->output, first_row, t->first_column) * outputs;
        int32_t y = first_row;
        int32_t x = t->first_column;
        int32_t count = 4;
        rows = rows_in_one(t, first_row);
        for (int32_t pixels = rows * (t->end_column - t->first_column); pixels > 0; pixels -= count) {
            count = pixels >= 4 ? 4 : 1;
            for (int32_t i = 0; i < count; ++i) {
                gather_wide_patch_int8(g, &t->inputs[0], input, y, x, (int16_t)parameters->input_zero_point,
                                       patches + i * length);
                if (++x == t->end_column) {
                    x = t->first_column;
                    ++y;
                }
            }
            if (count == 4) {
                patches_4_pixels(stage, patches, weights, length, bias, multiplier, shift, outputs, target);
            } else {
                patches_1_pixel(stage, patches, weights, length, bias, multiplier, shift, outputs, target);
            }
            target += count * outputs;
        }
    }
}
#endif
