#include "depthwise_conv_2d_geometry.h"
#include "int16_pairs.h"
#include "int4_weights.h"
#include "matrix_int4.h"
#include "tile.h"

typedef struct {
    depthwise_conv_2d_geometry geometry;
    int32_t input_zero_point;
    output_stage_int8 stage;
} depthwise_conv_2d_int4_parameters;

/* sums[i] += 16 times value i times weight i of a packed group. */
static inline void add_8_products_int4(const int8_t *values, const int8_t *weights, int32_t sums[8])
{
#if WITH_DSP
    const uint32_t packed = (uint32_t)load_word_of(weights);
    for (int32_t half = 0; half < 2; ++half) {
        const int32_t word = (int32_t)((half == 0 ? packed : packed << 4) & 0xf0f0f0f0u);
        const int32_t four = load_word_of(values + 4 * half);
        const int32_t w02 = even_bytes_of(word);
        const int32_t w13 = odd_bytes_of(word);
        const int32_t x02 = even_bytes_of(four);
        const int32_t x13 = odd_bytes_of(four);
        sums[4 * half] = __smlabb(x02, w02, sums[4 * half]);
        sums[4 * half + 1] = __smlabb(x13, w13, sums[4 * half + 1]);
        sums[4 * half + 2] = __smlatt(x02, w02, sums[4 * half + 2]);
        sums[4 * half + 3] = __smlatt(x13, w13, sums[4 * half + 3]);
    }
#else
    for (int32_t i = 0; i < 4; ++i) {
        sums[i] += values[i] * upper_int4_times_16(weights[i]);
        sums[4 + i] += values[4 + i] * lower_int4_times_16(weights[i]);
    }
#endif
}

/* The same for the first `count` places, each value for depth_multiplier weights; `skip` weights of the first value
 * come before. */
static inline void add_products_int4(const int8_t *values, const int8_t *weights, int32_t count,
                                     int32_t depth_multiplier, int32_t skip, int32_t sums[8])
{
    for (int32_t i = 0; i < count; ++i) {
        const int32_t weight = i < 4 ? upper_int4_times_16(weights[i]) : lower_int4_times_16(weights[i - 4]);
        sums[i] += values[(skip + i) / depth_multiplier] * weight;
    }
}

/* DEPTHWISE_CONV_2D with int4 weights [kernel_height][kernel_width][output channels, filled up to a multiple of 8],
 * packed. The bias has the input's zero point folded in, so that a tap outside the image counts as that zero point. */
static void depthwise_conv_2d_int4(const depthwise_conv_2d_int4_parameters *parameters, const tile *t,
                                   const int8_t *input, const int8_t *weights, const int32_t *bias,
                                   const int32_t *multiplier, const int8_t *shift, int8_t *output)
{
    const depthwise_conv_2d_geometry *g = &parameters->geometry;
    const int32_t outputs = g->input_channels * g->depth_multiplier;
    const int32_t tap_bytes = (outputs + 7) / 8 * 4;
    const int8_t zero = (int8_t)parameters->input_zero_point;
    const int8_t padding[8] = {zero, zero, zero, zero, zero, zero, zero, zero};
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        int8_t *target = output + view_pixel(&t->output, y, t->first_column) * outputs;
        for (int32_t x = t->first_column; x < t->end_column; ++x, target += outputs) {
            for (int32_t first = 0; first < outputs; first += 8) {
                const int32_t count = outputs - first < 8 ? outputs - first : 8;
                const int32_t channel = first / g->depth_multiplier;
                const int8_t *tap = weights + first / 2;
                int32_t sums[8] = {0, 0, 0, 0, 0, 0, 0, 0};
                for (int32_t ky = 0; ky < g->kernel_height; ++ky) {
                    const int32_t row = y * g->stride_height - g->pad_top + ky * g->dilation_height;
                    for (int32_t kx = 0; kx < g->kernel_width; ++kx, tap += tap_bytes) {
                        const int32_t column = x * g->stride_width - g->pad_left + kx * g->dilation_width;
                        const int8_t *values = padding;
                        if (row >= 0 && row < g->input_height && column >= 0 && column < g->input_width) {
                            values = input + view_pixel(&t->inputs[0], row, column) * g->input_channels + channel;
                        }
                        if (count == 8 && g->depth_multiplier == 1) {
                            add_8_products_int4(values, tap, sums);
                        } else {
                            add_products_int4(values, tap, count, g->depth_multiplier,
                                              first - channel * g->depth_multiplier, sums);
                        }
                    }
                }
                for (int32_t i = 0; i < count; ++i) {
                    target[first + i] =
                        output_of_int4(&parameters->stage, sums[i], bias, multiplier, shift, first + i);
                }
            }
        }
    }
}
