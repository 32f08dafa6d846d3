#include "depthwise_conv_2d_int8_parameters.h"
#include "maybe_unused.h"
#include "requantize_int8.h"
#include "tile.h"

/* Add one tap of the window to the sums of count output channels, the first of which is `first`. */
MAYBE_UNUSED static inline void depthwise_tap_int8(const int8_t *pixel, THIMBLE_CONST int8_t *weights,
                                                   int32_t depth_multiplier,
                                      int32_t first, int32_t count, int32_t *sums)
{
    if (depth_multiplier == 1) {
        for (int32_t i = 0; i < count; ++i) {
            sums[i] += (int32_t)pixel[first + i] * weights[first + i];
        }
    } else {
        for (int32_t i = 0; i < count; ++i) {
            sums[i] += (int32_t)pixel[(first + i) / depth_multiplier] * weights[first + i];
        }
    }
}

/* Output channels [first, first + count) of the pixel at (y, x), at most DEPTHWISE_BLOCK of them. */
MAYBE_UNUSED static void depthwise_pixel_int8(const depthwise_conv_2d_int8_parameters *parameters, const image_view *view,
                                 const int8_t *input, THIMBLE_CONST int8_t *weights, int32_t y, int32_t x,
                                 int32_t first,
                                 int32_t count, int32_t *sums)
{
    const depthwise_conv_2d_geometry *g = &parameters->geometry;
    const int32_t outputs = g->input_channels * g->depth_multiplier;
    for (int32_t ky = 0; ky < g->kernel_height; ++ky) {
        const int32_t row = y * g->stride_height - g->pad_top + ky * g->dilation_height;
        for (int32_t kx = 0; kx < g->kernel_width; ++kx, weights += outputs) {
            const int32_t column = x * g->stride_width - g->pad_left + kx * g->dilation_width;
            if (row >= 0 && row < g->input_height && column >= 0 && column < g->input_width) {
                depthwise_tap_int8(input + view_pixel(view, row, column) * g->input_channels, weights,
                                   g->depth_multiplier, first, count, sums);
            } else {
                for (int32_t i = 0; i < count; ++i) {
                    sums[i] += parameters->input_zero_point * weights[first + i];
                }
            }
        }
    }
}

/* DEPTHWISE_CONV_2D: weights are [kernel_height][kernel_width][output channels]. The bias has the
 * input's zero point folded in, so that a tap outside the image counts as that zero point. */
MAYBE_UNUSED static void depthwise_conv_2d_int8(const depthwise_conv_2d_int8_parameters *parameters, const tile *t,
                                   const int8_t *input, THIMBLE_CONST int8_t *weights, THIMBLE_CONST int32_t *bias,
                                   THIMBLE_CONST int32_t *multiplier, THIMBLE_CONST int8_t *shift, int8_t *output)
{
    const int32_t outputs = parameters->geometry.input_channels * parameters->geometry.depth_multiplier;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        for (int32_t x = t->first_column; x < t->end_column; ++x) {
            int8_t *pixel = output + view_pixel(&t->output, y, x) * outputs;
            for (int32_t first = 0; first < outputs; first += DEPTHWISE_BLOCK) {
                const int32_t rest = outputs - first;
                const int32_t count = rest < DEPTHWISE_BLOCK ? rest : (int32_t)DEPTHWISE_BLOCK;
                int32_t sums[DEPTHWISE_BLOCK];
                for (int32_t i = 0; i < count; ++i) {
                    sums[i] = bias[first + i];
                }
                depthwise_pixel_int8(parameters, &t->inputs[0], input, weights, y, x, first, count, sums);
                for (int32_t i = 0; i < count; ++i) {
                    pixel[first + i] = requantize_int8(&parameters->stage, sums[i], multiplier, shift, first + i);
                }
            }
        }
    }
}
