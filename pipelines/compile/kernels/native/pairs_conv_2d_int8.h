#include "conv_2d_int8_parameters.h"
#include "fast_output_stage_int8.h"
#include "pairs_4_pixels_int8.h"
#include "pairs_gather_4_int8.h"
#include "rows_in_one.h"
#include "tile.h"

#if WITH_DSP && !WITH_MVE
/* Widen the pixels under the window at output (y, x), row by row of the window. Where it reaches over the left or
 * right edge of the image, its row is put together in `edge` first. */
static inline void pairs_gather(const conv_2d_geometry *g, const image_view *view, const int8_t *input, int32_t y,
                                int32_t x, int8_t padding, int32_t *patch, int8_t *edge)
{
    const int32_t channels = g->input_channels;
    const int32_t left = x * g->stride_width - g->pad_left;
    const int32_t row_length = g->kernel_width * channels;
    const int32_t before = left < 0 ? -left * channels : 0;
    const int32_t reach = (g->input_width - left) * channels;
    const int32_t after = reach < row_length ? reach : row_length;
    int32_t row = y * g->stride_height - g->pad_top;
    for (int32_t ky = 0; ky < g->kernel_height; ++ky, row += g->dilation_height) {
        const int8_t *values = edge;
        if (row < 0 || row >= g->input_height || before >= after) {
            for (int32_t i = 0; i < row_length; ++i) {
                edge[i] = padding;
            }
        } else if (before == 0 && after == row_length) {
            values = input + view_pixel(view, row, left) * channels;
        } else {
            const int32_t first = view_pixel(view, row, left) * channels;
            for (int32_t i = 0; i < row_length; ++i) {
                edge[i] = i >= before && i < after ? input[first + i] : padding;
            }
        }
        patch = pairs_widen(values, row_length, patch);
    }
}

/* The outputs of one pixel from channel `first` on, which is even. */
COMPILED_ALONE static void pairs_1_pixel(const output_stage_int8 *stage, const int32_t *patch, int32_t groups,
                                         const int32_t *weights, const int32_t *channels, int32_t first,
                                         int32_t outputs, int8_t *output)
{
    weights += first * groups;
    channels += 2 * first;
    for (int32_t c = first; c < outputs; c += 2, channels += 4) {
        int32_t sums[2] = {channels[0], channels[1]};
        const int32_t *values = patch;
        for (int32_t group = 0; group < groups; ++group, values += PAIRS_GROUP_WORDS, weights += 2) {
            const int32_t upper = values[0];
            const int32_t lower = values[PAIRS_GROUP_WORDS / 2];
            sums[0] = __smlad(lower, pairs_even(weights[0]), __smlad(upper, weights[0], sums[0]));
            sums[1] = __smlad(lower, pairs_even(weights[1]), __smlad(upper, weights[1], sums[1]));
        }
        for (int32_t i = 0; i < 2 && c + i < outputs; ++i) {
            const int32_t right = sums[i] & 0xFF;
            const int32_t offset = (2 * stage->zero_point + 1) * ((int32_t)1 << (right - 1));
            output[c + i] = (int8_t)fast_scale_int8(sums[i] >> 8, channels[2 + i], offset, right);
        }
    }
}

/* CONV_2D, as the product of the weights with the patches of four pixels at a time; see pairs_int8.h.
 *
 * Weights are [output channels / 2][kernel_height][kernel_width * input_channels / 4][2 channels], filled up with
 * zeros; `channels` are [output channels / 2][2 biases with shifts, 2 multipliers, twice]. For a 1 x 1 window of
 * stride 1 the output may be the input, if it has no more channels. */
static void pairs_conv_2d_int8(const conv_2d_int8_parameters *parameters, const tile *t, const int8_t *input,
                               const int32_t *weights, const int32_t *channels, int32_t *patches, int8_t *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const output_stage_int8 *stage = &parameters->stage;
    const int32_t groups = g->kernel_height * ((g->kernel_width * g->input_channels + 3) / 4);
    const int32_t outputs = g->output_channels;
    const int32_t even_outputs = outputs / 2 * 2;
    const int shares = g->kernel_width == 3 && g->stride_width == 1 && g->input_channels % 4 == 0;
    int8_t *edge = (int8_t *)(patches + groups * PAIRS_GROUP_WORDS);
    int32_t rows = 0;
    for (int32_t first_row = t->first_row; first_row < t->end_row; first_row += rows) {
        int8_t *target = output + view_pixel(&t->output, first_row, t->first_column) * outputs;
        int32_t y = first_row;
        int32_t x = t->first_column;
        int32_t count = 4;
        rows = rows_in_one(t, first_row);
        for (int32_t pixels = rows * (t->end_column - t->first_column); pixels > 0; pixels -= count) {
            int32_t gathered = 0;
            int32_t done = 0;
            count = pixels >= 4 ? 4 : 1;
            if (shares && count == 4 && x + 4 <= t->end_column) {
                pairs_gather_4(g, &t->inputs[0], input, y, x, (int8_t)parameters->input_zero_point, patches, edge);
                gathered = 4;
                x += 4;
                if (x == t->end_column) {
                    x = t->first_column;
                    ++y;
                }
            }
            for (int32_t i = gathered; i < count; ++i) {
                pairs_gather(g, &t->inputs[0], input, y, x, (int8_t)parameters->input_zero_point, patches + i, edge);
                if (++x == t->end_column) {
                    x = t->first_column;
                    ++y;
                }
            }
            if (count == 4 && even_outputs > 0) {
                pairs_job job;
                job.patches = patches;
                job.patches_end = patches + groups * PAIRS_GROUP_WORDS;
                job.weights = weights;
                job.channels = channels;
                job.output = target;
                job.pixel_bytes = outputs;
                job.zero_point = 2 * stage->zero_point + 1;
                job.pairs = even_outputs / 2;
                job.skipped = -groups & 3;
                pairs_4_pixels(&job);
                done = even_outputs;
            }
            if (done < outputs) {
                for (int32_t i = 0; i < count; ++i) {
                    pairs_1_pixel(stage, patches + i, groups, weights, channels, done, outputs, target + i * outputs);
                }
            }
            if (stage->least > -128 || stage->greatest < 127) {
                for (int32_t i = 0; i < count * outputs; ++i) {
                    target[i] = clamp_int8(target[i], stage->least, stage->greatest);
                }
            }
            target += count * outputs;
        }
    }
}
#endif
