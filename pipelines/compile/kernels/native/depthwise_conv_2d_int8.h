#include "depthwise_conv_2d_int8_parameters.h"
#include "requantize_int8.h"

/* Add one tap of the window to the sums of count output channels, the first of which is `first`. */
static inline void depthwise_tap_int8(const int8_t *pixel, const int8_t *weights, int32_t depth_multiplier,
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

/* DEPTHWISE_CONV_2D: weights are [kernel_height][kernel_width][output channels]. The bias has the
 * input's zero point folded in, so that a tap outside the image counts as that zero point. */
static void depthwise_conv_2d_int8(const depthwise_conv_2d_int8_parameters *parameters, const int8_t *input,
                                   const int8_t *weights, const int32_t *bias, const int32_t *multiplier,
                                   const int8_t *shift, int8_t *output)
{
    const depthwise_conv_2d_geometry *g = &parameters->geometry;
    const int32_t outputs = g->input_channels * g->depth_multiplier;
    for (int32_t pixel = 0; pixel < g->output_height * g->output_width; ++pixel) {
        const int32_t top = (pixel / g->output_width) * g->stride_height - g->pad_top;
        const int32_t left = (pixel % g->output_width) * g->stride_width - g->pad_left;
        for (int32_t first = 0; first < outputs; first += DEPTHWISE_BLOCK) {
            const int32_t rest = outputs - first;
            const int32_t count = rest < DEPTHWISE_BLOCK ? rest : (int32_t)DEPTHWISE_BLOCK;
            const int8_t *tap = weights;
            int32_t sums[DEPTHWISE_BLOCK];
            for (int32_t i = 0; i < count; ++i) {
                sums[i] = bias[first + i];
            }
            for (int32_t ky = 0; ky < g->kernel_height; ++ky) {
                const int32_t y = top + ky * g->dilation_height;
                for (int32_t kx = 0; kx < g->kernel_width; ++kx) {
                    const int32_t x = left + kx * g->dilation_width;
                    if (y >= 0 && y < g->input_height && x >= 0 && x < g->input_width) {
                        depthwise_tap_int8(input + (y * g->input_width + x) * g->input_channels, tap,
                                           g->depth_multiplier, first, count, sums);
                    } else {
                        for (int32_t i = 0; i < count; ++i) {
                            sums[i] += parameters->input_zero_point * tap[first + i];
                        }
                    }
                    tap += outputs;
                }
            }
            for (int32_t i = 0; i < count; ++i) {
                output[first + i] = requantize_int8(&parameters->stage, sums[i], multiplier, shift, first + i);
            }
        }
        output += outputs;
    }
}
