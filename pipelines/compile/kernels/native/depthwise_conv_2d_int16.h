#include "depthwise_conv_2d_geometry.h"
#include "fast_stage_int16.h"
#include "general_stage_int16.h"
#include "int16_pairs.h"
#include "tile.h"

typedef struct {
    depthwise_conv_2d_geometry geometry;
    output_stage_int16 stage;
} depthwise_conv_2d_int16_parameters;

/* The first and, exclusive, the last tap of a window at `origin` that lie in [0, size). */
static inline int32_t first_tap(int32_t origin, int32_t dilation, int32_t taps)
{
    const int32_t first = origin < 0 ? (-origin + dilation - 1) / dilation : 0;
    return first < taps ? first : taps;
}

static inline int32_t end_tap(int32_t origin, int32_t dilation, int32_t taps, int32_t size)
{
    const int32_t end = size > origin ? (size - origin + dilation - 1) / dilation : 0;
    return end < taps ? end : taps;
}

#if INT16_PAIRS
/* Four channels, of which x01 and x23 are two each. */
static inline void add_4_products_int16(const int16_t *values, const int8_t *weights, int32_t sums[4])
{
    const int32_t word = load_word_of(weights);
    const int32_t x01 = load_word_of(values);
    const int32_t x23 = load_word_of(values + 2);
    const int32_t w01 = even_bytes_of(word);
    const int32_t w23 = odd_bytes_of(word);
    sums[0] = __smlabb(x01, w01, sums[0]);
    sums[1] = __smlatt(x01, w01, sums[1]);
    sums[2] = __smlabb(x23, w23, sums[2]);
    sums[3] = __smlatt(x23, w23, sums[3]);
}
#else
static inline void add_4_products_int16(const int16_t *values, const int8_t *weights, int32_t sums[4])
{
    for (int32_t i = 0; i < 4; ++i) {
        sums[i] += (int32_t)values[i] * weights[i];
    }
}
#endif

/* Scale a sum and add the bias. */
static inline int16_t depthwise_output_int16(const output_stage_int16 *stage, int32_t sum, const int32_t *bias,
                                             const int32_t *multiplier, const int8_t *shift, int32_t channel)
{
    return stage->mode == 0 ? fast_requantize_int16(stage, bias[channel] + sum, multiplier, channel)
                            : general_requantize_int16(stage, sum, bias, multiplier, shift, channel);
}

/* DEPTHWISE_CONV_2D: weights are [kernel_height][kernel_width][output channels], for the DSP extension with each whole
 * group of four channels in the order 0, 2, 1, 3 where the depth multiplier is 1. A tap outside the image adds nothing.
 * The products of a window fit 32 bits; the bias comes on top, in 64 where it must. */
static void depthwise_conv_2d_int16(const depthwise_conv_2d_int16_parameters *parameters, const tile *t,
                                    const int16_t *input, const int8_t *weights, const int32_t *bias,
                                    const int32_t *multiplier, const int8_t *shift, int16_t *output)
{
    const depthwise_conv_2d_geometry *g = &parameters->geometry;
    const output_stage_int16 *stage = &parameters->stage;
    const int32_t outputs = g->input_channels * g->depth_multiplier;
    const int32_t fours = g->depth_multiplier == 1 ? outputs & ~3 : 0;
    const int32_t step = g->dilation_width * g->input_channels;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const int32_t top = y * g->stride_height - g->pad_top;
        const int32_t y_begin = first_tap(top, g->dilation_height, g->kernel_height);
        const int32_t y_end = end_tap(top, g->dilation_height, g->kernel_height, g->input_height);
        int16_t *target = output + view_pixel(&t->output, y, t->first_column) * outputs;
        for (int32_t x = t->first_column; x < t->end_column; ++x, target += outputs) {
            const int32_t left = x * g->stride_width - g->pad_left;
            const int32_t x_begin = first_tap(left, g->dilation_width, g->kernel_width);
            const int32_t x_end = end_tap(left, g->dilation_width, g->kernel_width, g->input_width);
            const int32_t column = left + x_begin * g->dilation_width;
            for (int32_t first = 0; first < fours; first += 4) {
                int32_t sums[4] = {0, 0, 0, 0};
                for (int32_t ky = y_begin; ky < y_end; ++ky) {
                    const int32_t row = top + ky * g->dilation_height;
                    const int16_t *values = input + view_pixel(&t->inputs[0], row, column) * g->input_channels + first;
                    const int8_t *tap = weights + (ky * g->kernel_width + x_begin) * outputs + first;
                    for (int32_t kx = x_begin; kx < x_end; ++kx, values += step, tap += outputs) {
                        add_4_products_int16(values, tap, sums);
                    }
                }
                for (int32_t i = 0; i < 4; ++i) {
                    target[first + i] =
                        depthwise_output_int16(stage, sums[i], bias, multiplier, shift, first + i);
                }
            }
            for (int32_t channel = fours; channel < outputs; ++channel) {
                int32_t sum = 0;
                for (int32_t ky = y_begin; ky < y_end; ++ky) {
                    const int32_t row = top + ky * g->dilation_height;
                    const int16_t *values = input + view_pixel(&t->inputs[0], row, column) * g->input_channels +
                                            channel / g->depth_multiplier;
                    const int8_t *tap = weights + (ky * g->kernel_width + x_begin) * outputs + channel;
                    for (int32_t kx = x_begin; kx < x_end; ++kx, values += step, tap += outputs) {
                        sum += (int32_t)*values * *tap;
                    }
                }
                target[channel] = depthwise_output_int16(stage, sum, bias, multiplier, shift, channel);
            }
        }
    }
}
