#include "conv_2d_int8_parameters.h"
#include "mve_copy_bytes.h"
#include "mve_fill_bytes.h"
#include "mve_multiply_int8.h"
#include "tile.h"

#if WITH_MVE
/* Copy the pixels under the window at output (y, x), row by row. */
static void mve_gather_patch_int8(const conv_2d_geometry *g, const image_view *view, const int8_t *input, int32_t y,
                                  int32_t x, int8_t padding, int8_t *patch)
{
    const int32_t channels = g->input_channels;
    const int32_t left = x * g->stride_width - g->pad_left;
    const int32_t row_length = g->kernel_width * channels;
    const int32_t reach = (g->input_width - left) * channels;
    const int32_t before = left < 0 ? -left * channels : 0;
    const int32_t after = reach < row_length ? reach : row_length;
    const int8_t *const pixel = input + (left - view->first_column) * channels;
    const int32_t pitch = view->columns * channels;
    const int32_t end = (y * g->stride_height - g->pad_top) + g->kernel_height * g->dilation_height;
    for (int32_t row = end - g->kernel_height * g->dilation_height; row < end; row += g->dilation_height) {
        if (row < 0 || row >= g->input_height || before >= after) {
            mve_fill_bytes(patch, padding, row_length);
        } else {
            const int8_t *source = pixel + (row < view->rows ? row : row % view->rows) * pitch;
            if (after - before < row_length) {
                mve_fill_bytes(patch, padding, row_length);
            }
            mve_copy_bytes(patch + before, source + before, after - before);
        }
        patch += row_length;
    }
}

enum { MVE_PIXELS = 4 };

/* CONV_2D, of four pixels at a time. Weights are [output_channels / 4][products / 16][4 channels][16 products],
 * `channels` [output_channels / 4][bias, multiplier, shift][4]; both are filled up with zeros. Scratch memory holds
 * four patches of whole sixteens. */
static void mve_conv_2d_int8(const conv_2d_int8_parameters *parameters, const tile *t, const int8_t *input,
                             const int8_t *weights, const int32_t *channels, int8_t *patches, int8_t *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const int32_t outputs = g->output_channels;
    const int32_t steps = (g->kernel_height * g->kernel_width * g->input_channels + 15) / 16;
    int8_t *targets[MVE_PIXELS];
    int32_t waiting = 0;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        int8_t *target = output + view_pixel(&t->output, y, t->first_column) * outputs;
        for (int32_t x = t->first_column; x < t->end_column; ++x, target += outputs) {
            mve_gather_patch_int8(g, &t->inputs[0], input, y, x, (int8_t)parameters->input_zero_point,
                                  patches + 16 * waiting * steps);
            targets[waiting++] = target;
            if (waiting == MVE_PIXELS || (y + 1 == t->end_row && x + 1 == t->end_column)) {
                while (waiting < MVE_PIXELS) {
                    targets[waiting++] = targets[0];
                }
                mve_multiply_4_pixels(&parameters->stage, patches, steps, weights, channels, outputs, targets);
                waiting = 0;
            }
        }
    }
}
#endif
