#include "depthwise_conv_2d_int8.h"
#include "fast_output_stage_int8.h"
#include "flavours.h"

typedef struct {
    depthwise_conv_2d_int8_parameters layer;
    int32_t band_rows; /* rows of outputs that are computed at a time */
} depthwise_planes_int8_parameters;

#if WITH_DSP
static inline int32_t plane_pair(const int16_t *values)
{
    int32_t word;
    memcpy(&word, values, sizeof word);
    return word;
}

/* The windows of `columns` outputs of a row. Weights are [kernel height][pairs], two to a word. */
static inline void depthwise_plane_row(const depthwise_conv_2d_geometry *g, const int16_t *corner, int32_t width,
                                       THIMBLE_CONST int32_t *weights, int32_t bias, const fast_stage_int8 *fast,
                                       int32_t columns, int8_t *output)
{
    const int32_t outputs = g->input_channels * g->depth_multiplier;
    const int32_t step = g->stride_width;
    const int32_t pairs = (g->kernel_width + 1) / 2;
    const int32_t next = g->dilation_height * width - 2 * pairs;
    for (; columns >= 4; columns -= 4, corner += 4 * step, output += 4 * outputs) {
        const int16_t *values = corner;
        const int32_t *w = weights;
        int32_t sum0 = bias;
        int32_t sum1 = bias;
        int32_t sum2 = bias;
        int32_t sum3 = bias;
        for (int32_t ky = g->kernel_height; ky > 0; --ky, values += next) {
            for (int32_t k = pairs; k > 0; --k, values += 2) {
                const int32_t pair = *w++;
                sum0 = __smlad(plane_pair(values), pair, sum0);
                sum1 = __smlad(plane_pair(values + step), pair, sum1);
                sum2 = __smlad(plane_pair(values + 2 * step), pair, sum2);
                sum3 = __smlad(plane_pair(values + 3 * step), pair, sum3);
            }
        }
        output[0] = (int8_t)fast_requantize_int8(fast, sum0);
        output[outputs] = (int8_t)fast_requantize_int8(fast, sum1);
        output[2 * outputs] = (int8_t)fast_requantize_int8(fast, sum2);
        output[3 * outputs] = (int8_t)fast_requantize_int8(fast, sum3);
    }
    for (; columns > 0; --columns, corner += step, output += outputs) {
        const int16_t *values = corner;
        const int32_t *w = weights;
        int32_t sum = bias;
        for (int32_t ky = g->kernel_height; ky > 0; --ky, values += next) {
            for (int32_t k = pairs; k > 0; --k, values += 2) {
                sum = __smlad(plane_pair(values), *w++, sum);
            }
        }
        *output = (int8_t)fast_requantize_int8(fast, sum);
    }
}

/* Copy a channel of the input rows from `top` on to the plane, with the padding around it. */
static inline void depthwise_fill_plane(const depthwise_conv_2d_geometry *g, const image_view *view,
                                        const int8_t *input, int32_t top, int32_t left, int32_t height, int32_t width,
                                        int16_t padding, int16_t *plane)
{
    const int32_t channels = g->input_channels;
    const int32_t first = left < 0 ? -left : 0;
    const int32_t reach = g->input_width - left;
    const int32_t last = reach < width ? reach : width;
    for (int32_t y = top; y < top + height; ++y) {
        int32_t x = 0;
        if (y >= 0 && y < g->input_height && first < last) {
            const int8_t *pixel = input + view_pixel(view, y, left + first) * channels;
            for (; x < first; ++x) {
                *plane++ = padding;
            }
            for (; x < last; ++x, pixel += channels) {
                *plane++ = *pixel;
            }
        }
        for (; x < width; ++x) {
            *plane++ = padding;
        }
    }
}

/* Two weights of a row of the window to a word; behind an odd one is a zero. */
static inline void depthwise_pair_weights(const depthwise_conv_2d_geometry *g, THIMBLE_CONST int8_t *weights,
                                          int32_t *pairs)
{
    const int32_t outputs = g->input_channels * g->depth_multiplier;
    for (int32_t ky = 0; ky < g->kernel_height; ++ky) {
        for (int32_t kx = 0; kx < g->kernel_width; kx += 2, weights += 2 * outputs) {
            const uint32_t second = kx + 1 < g->kernel_width ? (uint32_t)weights[outputs] : 0u;
            *pairs++ = (int32_t)(((uint32_t)weights[0] & 0xFFFFu) | second << 16);
        }
        weights -= g->kernel_width % 2 * outputs;
    }
}

/* The rows of the tile, at most `band_rows` of them. */
static void depthwise_band_int8(const depthwise_conv_2d_int8_parameters *parameters, const tile *t,
                                const int8_t *input, THIMBLE_CONST int8_t *weights, THIMBLE_CONST int32_t *bias,
                                THIMBLE_CONST int32_t *multiplier, THIMBLE_CONST int8_t *shift, int32_t *scratch,
                                int8_t *output)
{
    const depthwise_conv_2d_geometry *g = &parameters->geometry;
    const output_stage_int8 *stage = &parameters->stage;
    const int32_t columns = t->end_column - t->first_column;
    const int32_t rows = t->end_row - t->first_row;
    const int32_t width = (columns - 1) * g->stride_width + (g->kernel_width + 1) / 2 * 2;
    const int32_t height = (rows - 1) * g->stride_height + (g->kernel_height - 1) * g->dilation_height + 1;
    const int32_t outputs = g->input_channels * g->depth_multiplier;
    int16_t *const plane = (int16_t *)(void *)(scratch + g->kernel_height * ((g->kernel_width + 1) / 2));
    for (int32_t c = 0; c < outputs; ++c) {
        const fast_stage_int8 fast = fast_stage_of(stage, multiplier, shift, c);
        if (c % g->depth_multiplier == 0) {
            depthwise_fill_plane(g, &t->inputs[0], input + c / g->depth_multiplier,
                                 t->first_row * g->stride_height - g->pad_top,
                                 t->first_column * g->stride_width - g->pad_left, height, width,
                                 (int16_t)parameters->input_zero_point, plane);
        }
        depthwise_pair_weights(g, weights + c, scratch);
        for (int32_t y = 0; y < rows; ++y) {
            depthwise_plane_row(g, plane + y * g->stride_height * width, width, scratch, bias[c], &fast, columns,
                                output + view_pixel(&t->output, t->first_row + y, t->first_column) * outputs + c);
        }
    }
    for (int32_t y = t->first_row; y < t->end_row && (stage->least > -128 || stage->greatest < 127); ++y) {
        int8_t *target = output + view_pixel(&t->output, y, t->first_column) * outputs;
        for (int32_t i = 0; i < columns * outputs; ++i) {
            target[i] = clamp_int8(target[i], stage->least, stage->greatest);
        }
    }
}
#endif

/* DEPTHWISE_CONV_2D with windows of any size: with DSP instructions channel by channel, whose values of a band of rows
 * are copied to a plane, behind the weights in scratch memory. Weights are [kernel_height][kernel_width][outputs]. */
static void depthwise_planes_int8(const depthwise_planes_int8_parameters *parameters, const tile *t,
                                  const int8_t *input, THIMBLE_CONST int8_t *weights, THIMBLE_CONST int32_t *bias,
                                  THIMBLE_CONST int32_t *multiplier, THIMBLE_CONST int8_t *shift, int32_t *scratch,
                                  int8_t *output)
{
#if WITH_DSP
    tile band = *t;
    for (int32_t y = t->first_row; y < t->end_row; y += parameters->band_rows) {
        const int32_t rest = t->end_row - y;
        band.first_row = y;
        band.end_row = y + (rest < parameters->band_rows ? rest : parameters->band_rows);
        depthwise_band_int8(&parameters->layer, &band, input, weights, bias, multiplier, shift, scratch, output);
    }
#else
    (void)scratch;
    depthwise_conv_2d_int8(&parameters->layer, t, input, weights, bias, multiplier, shift, output);
#endif
}
