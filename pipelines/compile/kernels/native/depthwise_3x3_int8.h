#include "copy_channel_int8.h"
#include "depthwise_3x3_rows_int8.h"
#include "depthwise_conv_2d_int8_parameters.h"
#include "fast_output_stage_int8.h"
#include "flavours.h"
#include "is_narrow_int8.h"
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

/* Of weights that lie `row_step` apart from row to row, and `step` within a row. */
static inline depthwise_3x3_weights depthwise_3x3_weights_of(THIMBLE_CONST int8_t *weights, int32_t row_step,
                                                             int32_t step)
{
    depthwise_3x3_weights w;
    for (int32_t row = 0; row < 3; ++row, weights += row_step) {
#if DEPTHWISE_PAIRS
        w.first[row] = depthwise_pair(weights[0], weights[step]);
        w.second[row] = depthwise_pair(weights[step], weights[2 * step]);
#else
        for (int32_t column = 0; column < 3; ++column) {
            w.weight[row][column] = weights[column * step];
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

/* How a channel of a tile lies in the plane, in values. `turned`: columns as rows, so that there are few long ones. */
typedef struct {
    int32_t turned;
    int32_t width; /* even: words of two values are aligned */
    int32_t row_step;
    int32_t column_step;
} depthwise_3x3_plane;

static inline depthwise_3x3_plane depthwise_3x3_plane_of(const depthwise_conv_2d_geometry *g, const tile *t)
{
    const int32_t rows = t->end_row - t->first_row;
    const int32_t columns = t->end_column - t->first_column;
    depthwise_3x3_plane p;
    p.turned = DEPTHWISE_PAIRS && columns < rows && g->stride_width == 1 && g->stride_height == 1 &&
               t->first_row % t->output.rows + rows <= t->output.rows;
    p.width = p.turned ? rows + 2 : (columns - 1) * g->stride_width + 3;
    p.width += p.width % 2;
    p.row_step = p.turned ? 1 : p.width;
    p.column_step = p.turned ? p.width : 1;
    return p;
}

#if DEPTHWISE_PAIRS
/* Outputs of one channel, two windows at a time, where the stride along the row is 1: as many rows as lie behind each
 * other in memory. Returns their number. */
static inline int32_t depthwise_3x3_pairs(const depthwise_3x3_weights *w, const fast_stage_int8 *fast, int32_t bias,
                                          const depthwise_3x3_plane *p, const int16_t *corner, int32_t stride_height,
                                          const tile *t, int32_t y, int32_t channels, int8_t *output)
{
    const int32_t until_wrap = t->output.rows - y % t->output.rows;
    const int32_t rows = t->end_row - y < until_wrap ? t->end_row - y : until_wrap;
    const int32_t columns = t->end_column - t->first_column;
    const int32_t length = p->turned ? rows : columns;
    const int32_t row_bytes = t->output.columns * channels;
    depthwise_3x3_job job;
    job.bias = bias;
    job.multiplier = (int32_t)((uint32_t)fast->multiplier << 1);
    job.offset = fast->offset;
    job.right = fast->right;
    job.pixel_bytes = p->turned ? row_bytes : channels;
    job.pairs_bytes = length / 2 * 4;
    job.odd = length % 2;
    job.next_bytes = 2 * stride_height * p->width;
    job.plane = corner;
    job.row_bytes = 2 * p->width;
    job.rows = p->turned ? columns : rows;
    job.output = output;
    job.output_bytes = p->turned ? channels : row_bytes;
    for (int32_t i = 0; i < 3; ++i) {
        job.weights[2 * i] = w->first[i];
        job.weights[2 * i + 1] = w->second[i];
    }
    depthwise_3x3_rows(&job);
    return rows;
}
#endif

/* DEPTHWISE_CONV_2D with a 3 x 3 window, channel by channel: what the tile needs of the channel is copied to `plane`,
 * with the padding around it, and there is no edge any more. Weights are [3][3][channels]. A whole output may be the
 * input, where it has its size. */
static void depthwise_3x3_int8(const depthwise_conv_2d_int8_parameters *parameters, const tile *t, const int8_t *input,
                               THIMBLE_CONST int8_t *weights, THIMBLE_CONST int32_t *bias,
                               THIMBLE_CONST int32_t *multiplier,
                               THIMBLE_CONST int8_t *shift, int16_t *plane, int8_t *output)
{
    const depthwise_conv_2d_geometry *g = &parameters->geometry;
    const output_stage_int8 *stage = &parameters->stage;
    const depthwise_3x3_plane p = depthwise_3x3_plane_of(g, t);
    const int32_t channels = g->input_channels;
    const int32_t columns = t->end_column - t->first_column;
    const int32_t row_bytes = t->inputs[0].columns * channels;
    const int32_t width = (columns - 1) * g->stride_width + 3;
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
    for (int32_t i = 0; i < (p.turned ? width : height) * p.width; ++i) {
        plane[i] = (int16_t)parameters->input_zero_point;
    }
    for (int32_t c = 0; c < channels; ++c) {
        const depthwise_3x3_weights w = depthwise_3x3_weights_of(
            weights + c, p.turned ? channels : 3 * channels, p.turned ? 3 * channels : channels);
        const fast_stage_int8 fast = fast_stage_of(stage, multiplier, shift, c);
        int32_t rows = 1;
        for (int32_t y = first_row; y < end_row; y += rows) {
            const int32_t until_wrap = t->inputs[0].rows - y % t->inputs[0].rows;
            rows = end_row - y < until_wrap ? end_row - y : until_wrap;
            const int8_t *pixel = input + view_pixel(&t->inputs[0], y, first_column) * channels + c;
            int16_t *copy = plane + (y - top) * p.row_step + (first_column - left) * p.column_step;
            if (p.turned) {
                copy_channel_int8(pixel, row_bytes, channels, end_column - first_column, rows, copy, p.width, 1);
            } else {
                copy_channel_int8(pixel, channels, row_bytes, rows, end_column - first_column, copy, p.width, 1);
            }
        }
        rows = 1;
        for (int32_t y = t->first_row; y < t->end_row; y += rows) {
            const int16_t *corner = plane + (y - t->first_row) * g->stride_height * p.width;
            int8_t *target = output + view_pixel(&t->output, y, t->first_column) * channels + c;
#if DEPTHWISE_PAIRS
            if (g->stride_width == 1) {
                rows = depthwise_3x3_pairs(&w, &fast, bias[c], &p, corner, g->stride_height, t, y, channels, target);
                continue;
            }
#endif
            for (int32_t x = 0; x < columns; ++x, corner += g->stride_width, target += channels) {
                *target = (int8_t)fast_requantize_int8(&fast, depthwise_3x3_window(&w, corner, p.width, bias[c]));
            }
        }
    }
    for (int32_t y = t->first_row; y < t->end_row && is_narrow(stage); ++y) {
        int8_t *target = output + view_pixel(&t->output, y, t->first_column) * channels;
        for (int32_t i = 0; i < columns * channels; ++i) {
            target[i] = clamp_int8(target[i], stage->least, stage->greatest);
        }
    }
}
