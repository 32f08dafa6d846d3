#include "depthwise_conv_2d_geometry.h"
#include "output_stage_int16.h"
#include "tile.h"

typedef struct {
    depthwise_conv_2d_geometry geometry;
    output_stage_int16 stage;
} depthwise_conv_2d_int16_parameters;

/* Add one tap of the window to the sums of count output channels, the first of which is `first`. */
static inline void depthwise_tap_int16(const int16_t *pixel, const int8_t *weights, int32_t depth_multiplier,
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

/* DEPTHWISE_CONV_2D: weights are [kernel_height][kernel_width][output channels]. A tap outside the image adds nothing.
 * The products of a window fit 32 bits; the bias comes on top in 64. */
static void depthwise_conv_2d_int16(const depthwise_conv_2d_int16_parameters *parameters, const tile *t,
                                    const int16_t *input, const int8_t *weights, const int32_t *bias,
                                    const int32_t *multiplier, const int8_t *shift, int16_t *output)
{
    const depthwise_conv_2d_geometry *g = &parameters->geometry;
    const output_stage_int16 *stage = &parameters->stage;
    const int32_t outputs = g->input_channels * g->depth_multiplier;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        int16_t *target = output + view_pixel(&t->output, y, t->first_column) * outputs;
        for (int32_t x = t->first_column; x < t->end_column; ++x, target += outputs) {
            for (int32_t first = 0; first < outputs; first += DEPTHWISE_BLOCK) {
                const int32_t rest = outputs - first;
                const int32_t count = rest < DEPTHWISE_BLOCK ? rest : (int32_t)DEPTHWISE_BLOCK;
                const int8_t *tap = weights;
                int32_t sums[DEPTHWISE_BLOCK];
                for (int32_t i = 0; i < count; ++i) {
                    sums[i] = 0;
                }
                for (int32_t ky = 0; ky < g->kernel_height; ++ky) {
                    const int32_t row = y * g->stride_height - g->pad_top + ky * g->dilation_height;
                    for (int32_t kx = 0; kx < g->kernel_width; ++kx, tap += outputs) {
                        const int32_t column = x * g->stride_width - g->pad_left + kx * g->dilation_width;
                        if (row >= 0 && row < g->input_height && column >= 0 && column < g->input_width) {
                            depthwise_tap_int16(input + view_pixel(&t->inputs[0], row, column) * g->input_channels,
                                                tap, g->depth_multiplier, first, count, sums);
                        }
                    }
                }
                for (int32_t i = 0; i < count; ++i) {
                    const int64_t sum = bias_int16(stage, bias, first + i) + sums[i];
                    target[first + i] = requantize_int16(stage, sum, multiplier, shift, first + i);
                }
            }
        }
    }
}
