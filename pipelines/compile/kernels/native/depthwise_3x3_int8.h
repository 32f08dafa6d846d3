#include "depthwise_conv_2d_int8_parameters.h"
#include "is_narrow_int8.h"
#include "fast_output_stage_int8.h"
#include "flavours.h"
#include "mve_depthwise_3x3_int8.h"
#include "tile.h"

#define DEPTHWISE_PAIRS WITH_DSP

/* The nine weights of one channel, by rows; with DSP instructions (w0, w1) and (w1, w2) of each row. */
typedef struct {
#if DEPTHWISE_PAIRS
    int32_t first[3];
    int32_t second[3];
#else
    int32_t weight[3][3];
#endif
} depthwise_3x3_weights;

#if DEPTHWISE_PAIRS
static inline int32_t depthwise_pair(int32_t low, int32_t high)
{
    return (int32_t)(((uint32_t)low & 0xFFFFu) | (uint32_t)high << 16);
}

static inline int32_t load_2_int16(const int16_t *values)
{
    int32_t word;
    memcpy(&word, values, sizeof word);
    return word;
}
#endif

static inline depthwise_3x3_weights depthwise_3x3_weights_of(const int8_t *weights, int32_t channels)
{
    depthwise_3x3_weights w;
    for (int32_t row = 0; row < 3; ++row, weights += 3 * channels) {
#if DEPTHWISE_PAIRS
        w.first[row] = depthwise_pair(weights[0], weights[channels]);
        w.second[row] = depthwise_pair(weights[channels], weights[2 * channels]);
#else
        for (int32_t column = 0; column < 3; ++column) {
            w.weight[row][column] = weights[column * channels];
        }
#endif
    }
    return w;
}

/* sum + the products of the window whose upper left corner is at plane. */
static inline int32_t depthwise_3x3_window(const depthwise_3x3_weights *w, const int16_t *plane, int32_t width,
                                           int32_t sum)
{
    for (int32_t row = 0; row < 3; ++row, plane += width) {
#if DEPTHWISE_PAIRS
        sum = __smlad(load_2_int16(plane), w->first[row], sum);
        sum = __smlabt(plane[2], w->second[row], sum);
#else
        sum += plane[0] * w->weight[row][0] + plane[1] * w->weight[row][1] + plane[2] * w->weight[row][2];
#endif
    }
    return sum;
}

/* The same for the windows at plane and plane + 1. */
static inline void depthwise_3x3_two_windows(const depthwise_3x3_weights *w, const int16_t *plane, int32_t width,
                                             int32_t sums[2])
{
#if DEPTHWISE_PAIRS
    for (int32_t row = 0; row < 3; ++row, plane += width) {
        const int32_t left = load_2_int16(plane);
        const int32_t right = load_2_int16(plane + 2);
        sums[0] = __smlad(left, w->first[row], sums[0]);
        sums[0] = __smlabt(right, w->second[row], sums[0]);
        sums[1] = __smlatb(left, w->first[row], sums[1]);
        sums[1] = __smlad(right, w->second[row], sums[1]);
    }
#else
    sums[0] = depthwise_3x3_window(w, plane, width, sums[0]);
    sums[1] = depthwise_3x3_window(w, plane + 1, width, sums[1]);
#endif
}

/* DEPTHWISE_CONV_2D with a 3 x 3 window, channel by channel: what the tile needs of the channel is copied to `plane`,
 * with the padding around it, and there is no edge any more. Weights are [3][3][channels]. A whole output may be the
 * input, where it has its size. */
static void depthwise_3x3_int8(const depthwise_conv_2d_int8_parameters *parameters, const tile *t, const int8_t *input,
                               const int8_t *weights, const int32_t *bias, const int32_t *multiplier,
                               const int8_t *shift, int16_t *plane, int8_t *output)
{
    const depthwise_conv_2d_geometry *g = &parameters->geometry;
    const output_stage_int8 *stage = &parameters->stage;
    const int narrow = is_narrow(stage);
    const int32_t channels = g->input_channels;
    const int32_t width = (t->end_column - t->first_column - 1) * g->stride_width + 3;
    const int32_t height = (t->end_row - t->first_row - 1) * g->stride_height + 3;
    const int32_t top = t->first_row * g->stride_height - g->pad_top;
    const int32_t left = t->first_column * g->stride_width - g->pad_left;
    const int32_t first_row = top < 0 ? 0 : top;
    const int32_t first_column = left < 0 ? 0 : left;
    const int32_t end_row = g->input_height < top + height ? g->input_height : top + height;
    const int32_t end_column = g->input_width < left + width ? g->input_width : left + width;
#if WITH_MVE
    if (g->stride_height <= 2 && g->stride_width <= g->stride_height) {
        mve_depthwise_3x3_int8(parameters, t, input, weights, bias, (int8_t *)plane, output);
        return;
    }
#endif
    for (int32_t i = 0; i < height * width; ++i) {
        plane[i] = (int16_t)parameters->input_zero_point;
    }
    for (int32_t c = 0; c < channels; ++c) {
        const depthwise_3x3_weights w = depthwise_3x3_weights_of(weights + c, channels);
        const fast_stage_int8 fast = fast_stage_of(stage, multiplier, shift, c);
        for (int32_t y = first_row; y < end_row; ++y) {
            const int8_t *pixel = input + view_pixel(&t->inputs[0], y, first_column) * channels + c;
            int16_t *copy = plane + (y - top) * width + first_column - left;
            for (int32_t x = first_column; x < end_column; ++x, pixel += channels) {
                *copy++ = *pixel;
            }
        }
        for (int32_t y = t->first_row; y < t->end_row; ++y) {
            const int16_t *corner = plane + (y - t->first_row) * g->stride_height * width;
            int8_t *target = output + view_pixel(&t->output, y, t->first_column) * channels + c;
            int32_t x = t->end_column - t->first_column;
            for (; g->stride_width == 1 && x >= 2; x -= 2, corner += 2) {
                int32_t sums[2] = {bias[c], bias[c]};
                depthwise_3x3_two_windows(&w, corner, width, sums);
                sums[0] = fast_requantize_int8(&fast, sums[0]);
                sums[1] = fast_requantize_int8(&fast, sums[1]);
                if (narrow) {
                    sums[0] = clamp_int8(sums[0], stage->least, stage->greatest);
                    sums[1] = clamp_int8(sums[1], stage->least, stage->greatest);
                }
                target[0] = (int8_t)sums[0];
                target[channels] = (int8_t)sums[1];
                target += 2 * channels;
            }
            for (; x > 0; --x, corner += g->stride_width, target += channels) {
                const int32_t sum = depthwise_3x3_window(&w, corner, width, bias[c]);
                *target = clamp_int8(fast_requantize_int8(&fast, sum), stage->least, stage->greatest);
            }
        }
    }
}
