#include "conv_2d_geometry.h"
#include "matrix_1_patch_int16.h"
#include "matrix_4_patches_int16.h"
#include "tile.h"

typedef struct {
    conv_2d_geometry geometry;
    int32_t gathers; /* 0: pixels of the image serve as they are (a 1 x 1 window over whole groups of channels) */
    matrix_int16 matrix; /* that of one group */
} conv_2d_int16_parameters;

/* Copy the pixels under the window at output (y, x) to patch, `channels` of each from `first_channel` on, and fill it
 * up with zeros to `length`. Outside of the image is zero. */
static void gather_patch_int16(const conv_2d_geometry *g, const image_view *view, const int16_t *input, int32_t y,
                               int32_t x, int32_t first_channel, int32_t length, int16_t *patch)
{
    const int32_t top = y * g->stride_height - g->pad_top;
    const int32_t left = x * g->stride_width - g->pad_left;
    const int16_t *end = patch + length;
    for (int32_t ky = 0; ky < g->kernel_height; ++ky) {
        const int32_t row = top + ky * g->dilation_height;
        for (int32_t kx = 0; kx < g->kernel_width; ++kx) {
            const int32_t column = left + kx * g->dilation_width;
            if (row >= 0 && row < g->input_height && column >= 0 && column < g->input_width) {
                const int16_t *pixel = input + view_pixel(view, row, column) * g->input_channels + first_channel;
                for (int32_t c = 0; c < g->group_channels; ++c) {
                    patch[c] = pixel[c];
                }
            } else {
                for (int32_t c = 0; c < g->group_channels; ++c) {
                    patch[c] = 0;
                }
            }
            patch += g->group_channels;
        }
    }
    while (patch < end) {
        *patch++ = 0;
    }
}

/* CONV_2D, as the product of the weights with the patches of four pixels at a time. Weights are
 * [output_channels][kernel_height * kernel_width * group_channels, filled up with zeros to a multiple of 4]. */
static void conv_2d_int16(const conv_2d_int16_parameters *parameters, const tile *t, const int16_t *input,
                          const int8_t *weights, const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                          int16_t *patches, int16_t *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const matrix_int16 *m = &parameters->matrix;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        int16_t *target = output + view_pixel(&t->output, y, t->first_column) * g->output_channels;
        int32_t count = 4;
        for (int32_t x = t->first_column; x < t->end_column; x += count, target += count * g->output_channels) {
            count = t->end_column - x >= 4 ? 4 : 1;
            for (int32_t group = 0; group < g->groups; ++group) {
                const int32_t row = group * m->rows;
                const int16_t *source = patches;
                int32_t stride = m->length;
                if (parameters->gathers) {
                    for (int32_t i = 0; i < count; ++i) {
                        gather_patch_int16(g, &t->inputs[0], input, y, x + i, group * g->group_channels, m->length,
                                           patches + i * m->length);
                    }
                } else {
                    source = input + view_pixel(&t->inputs[0], y * g->stride_height, x * g->stride_width) * m->length;
                    stride = g->stride_width * m->length;
                }
                if (count == 4) {
                    matrix_4_patches_int16(m, source, stride, row, weights, bias, multiplier, shift, target + row,
                                           g->output_channels);
                } else {
                    matrix_1_patch_int16(m, source, row, weights, bias, multiplier, shift, target + row);
                }
            }
        }
    }
}
