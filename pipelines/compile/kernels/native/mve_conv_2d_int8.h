#include "conv_2d_int8_parameters.h"
#include "mve_bytes.h"
#include "mve_multiply_int8.h"
#include "mve_requantize_int8.h"
#include "tile.h"

#if WITH_MVE
/* Copy the pixels under the window at output (y, x), row by row. */
static void mve_gather_patch_int8(const conv_2d_geometry *g, const image_view *view, const int8_t *input, int32_t y,
                                  int32_t x, int8_t padding, int8_t *patch)
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
        if (row < 0 || row >= g->input_height || before >= after) {
            mve_fill_bytes(patch, padding, row_length);
        } else {
            mve_fill_bytes(patch, padding, before);
            mve_copy_bytes(patch + before, input + view_pixel(view, row, left) * channels + before, after - before);
            mve_fill_bytes(patch + after, padding, row_length - after);
        }
    }
}

/* All outputs of the two pixels whose patches were gathered. */
static void mve_conv_2d_2_pixels_int8(const output_stage_int8 *stage, const int8_t *patches, int32_t steps,
                                      const int8_t *weights, const int32_t *bias, const int32_t *multiplier,
                                      const int8_t *shift, int32_t outputs, int8_t *first, int8_t *second)
{
    for (int32_t c = 0; c < outputs; c += 4, weights += 64 * steps) {
        const mve_sums_2x4 sums = mve_multiply_2x4(patches, patches + 16 * steps, weights, steps);
        const mve_stage_int8 four = mve_stage_of(bias + c, multiplier + c, shift + c);
        const int32x4_t values0 = mve_requantize_int8(stage, &four, sums.first);
        const int32x4_t values1 = mve_requantize_int8(stage, &four, sums.second);
        if (outputs - c >= 4) {
            vstrbq_s32(second + c, values1);
            vstrbq_s32(first + c, values0);
        } else {
            const mve_pred16_t rest = vctp32q((uint32_t)(outputs - c));
            vstrbq_p_s32(second + c, values1, rest);
            vstrbq_p_s32(first + c, values0, rest);
        }
    }
}

/* CONV_2D, of two pixels at a time. Weights are [output_channels / 4][products / 16][4 channels][16 products], bias,
 * multiplier and shift have an entry for each output channel; all are filled up with zeros. Scratch memory holds two
 * patches of whole sixteens. A pixel that is left over is computed twice, into the same place. */
static void mve_conv_2d_int8(const conv_2d_int8_parameters *parameters, const tile *t, const int8_t *input,
                             const int8_t *weights, const int32_t *bias, const int32_t *multiplier,
                             const int8_t *shift, int8_t *patches, int8_t *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const int32_t outputs = g->output_channels;
    const int32_t steps = (g->kernel_height * g->kernel_width * g->input_channels + 15) / 16;
    int8_t *waiting = NULL;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        int8_t *target = output + view_pixel(&t->output, y, t->first_column) * outputs;
        for (int32_t x = t->first_column; x < t->end_column; ++x, target += outputs) {
            mve_gather_patch_int8(g, &t->inputs[0], input, y, x, (int8_t)parameters->input_zero_point,
                                  patches + (waiting ? 16 * steps : 0));
            if (waiting) {
                mve_conv_2d_2_pixels_int8(&parameters->stage, patches, steps, weights, bias, multiplier, shift,
                                          outputs, waiting, target);
                waiting = NULL;
            } else {
                waiting = target;
            }
        }
    }
    if (waiting) {
        mve_conv_2d_2_pixels_int8(&parameters->stage, patches, steps, weights, bias, multiplier, shift, outputs,
                                  waiting, waiting);
    }
}
#endif
