#include "clamp_float32.h"
#include "depthwise_conv_2d_geometry.h"

typedef struct {
    depthwise_conv_2d_geometry geometry;
    float least;
    float greatest;
} depthwise_conv_2d_float32_parameters;

/* DEPTHWISE_CONV_2D: weights are [kernel_height][kernel_width][output channels]. */
static void depthwise_conv_2d_float32(const depthwise_conv_2d_float32_parameters *parameters, const float *input,
                                      const float *weights, const float *bias, float *output)
{
    const depthwise_conv_2d_geometry *g = &parameters->geometry;
    const int32_t outputs = g->input_channels * g->depth_multiplier;
    for (int32_t pixel = 0; pixel < g->output_height * g->output_width; ++pixel) {
        const int32_t top = (pixel / g->output_width) * g->stride_height - g->pad_top;
        const int32_t left = (pixel % g->output_width) * g->stride_width - g->pad_left;
        for (int32_t first = 0; first < outputs; first += DEPTHWISE_BLOCK) {
            const int32_t rest = outputs - first;
            const int32_t count = rest < DEPTHWISE_BLOCK ? rest : (int32_t)DEPTHWISE_BLOCK;
            float sums[DEPTHWISE_BLOCK] = {0.0f};
            for (int32_t ky = 0; ky < g->kernel_height; ++ky) {
                const int32_t y = top + ky * g->dilation_height;
                if (y < 0 || y >= g->input_height) {
                    continue;
                }
                for (int32_t kx = 0; kx < g->kernel_width; ++kx) {
                    const int32_t x = left + kx * g->dilation_width;
                    const float *source = input + (y * g->input_width + x) * g->input_channels;
                    const float *tap = weights + (ky * g->kernel_width + kx) * outputs + first;
                    if (x < 0 || x >= g->input_width) {
                        continue;
                    }
                    for (int32_t i = 0; i < count; ++i) {
                        sums[i] += source[(first + i) / g->depth_multiplier] * tap[i];
                    }
                }
            }
            for (int32_t i = 0; i < count; ++i) {
                output[first + i] = clamp_float32(sums[i] + bias[first + i], parameters->least, parameters->greatest);
            }
        }
        output += outputs;
    }
}
