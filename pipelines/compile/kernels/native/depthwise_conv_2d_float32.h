#include "clamp_float32.h"
#include "depthwise_conv_2d_geometry.h"
#include "tile.h"

typedef struct {
    depthwise_conv_2d_geometry geometry;
    float least;
    float greatest;
} depthwise_conv_2d_float32_parameters;

/* Output channels [first, first + count) of the pixel at (y, x), at most DEPTHWISE_BLOCK of them. */
static void depthwise_pixel_float32(const depthwise_conv_2d_float32_parameters *parameters, const image_view *view,
                                    const float *input, THIMBLE_CONST float *weights, THIMBLE_CONST float *bias,
                                    int32_t y, int32_t x,
                                    int32_t first, int32_t count, float *output)
{
    const depthwise_conv_2d_geometry *g = &parameters->geometry;
    const int32_t outputs = g->input_channels * g->depth_multiplier;
    float sums[DEPTHWISE_BLOCK] = {0.0f};
    for (int32_t ky = 0; ky < g->kernel_height; ++ky) {
        const int32_t row = y * g->stride_height - g->pad_top + ky * g->dilation_height;
        if (row < 0 || row >= g->input_height) {
            continue;
        }
        for (int32_t kx = 0; kx < g->kernel_width; ++kx) {
            const int32_t column = x * g->stride_width - g->pad_left + kx * g->dilation_width;
            THIMBLE_CONST float *tap = weights + (ky * g->kernel_width + kx) * outputs + first;
            if (column < 0 || column >= g->input_width) {
                continue;
            }
            const float *source = input + view_pixel(view, row, column) * g->input_channels;
            for (int32_t i = 0; i < count; ++i) {
                sums[i] += source[(first + i) / g->depth_multiplier] * tap[i];
            }
        }
    }
    for (int32_t i = 0; i < count; ++i) {
        output[first + i] = clamp_float32(sums[i] + bias[first + i], parameters->least, parameters->greatest);
    }
}

/* DEPTHWISE_CONV_2D: weights are [kernel_height][kernel_width][output channels]. */
static void depthwise_conv_2d_float32(const depthwise_conv_2d_float32_parameters *parameters, const tile *t,
                                      const float *input, THIMBLE_CONST float *weights, THIMBLE_CONST float *bias,
                                      float *output)
{
    const int32_t outputs = parameters->geometry.input_channels * parameters->geometry.depth_multiplier;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        for (int32_t x = t->first_column; x < t->end_column; ++x) {
            float *pixel = output + view_pixel(&t->output, y, x) * outputs;
            for (int32_t first = 0; first < outputs; first += DEPTHWISE_BLOCK) {
                const int32_t rest = outputs - first;
                const int32_t count = rest < DEPTHWISE_BLOCK ? rest : (int32_t)DEPTHWISE_BLOCK;
                depthwise_pixel_float32(parameters, &t->inputs[0], input, weights, bias, y, x, first, count, pixel);
            }
        }
    }
}
