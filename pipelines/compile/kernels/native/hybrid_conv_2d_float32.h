#include "clamp_float32.h"
#include "conv_2d_geometry.h"
#include "gather_patch_int8.h"
#include "round_float32.h"

typedef struct {
    conv_2d_geometry geometry;
    float weights_scale;
    float least;
    float greatest;
} hybrid_conv_2d_float32_parameters;

/* Quantize values to -127, ..., 127 by their greatest magnitude; returns the scale. */
static float quantize_by_magnitude(const float *values, int32_t size, int8_t *quantized)
{
    float magnitude = 0.0f;
    for (int32_t i = 0; i < size; ++i) {
        const float absolute = values[i] < 0.0f ? -values[i] : values[i];
        magnitude = absolute > magnitude ? absolute : magnitude;
    }
    for (int32_t i = 0; i < size; ++i) {
        const float scaled = magnitude > 0.0f ? values[i] * (127.0f / magnitude) : 0.0f;
        quantized[i] = (int8_t)round_float32(clamp_float32(scaled, -127.0f, 127.0f));
    }
    return magnitude > 0.0f ? magnitude / 127.0f : 1.0f;
}

/* CONV_2D of a float32 image with int8 weights [output_channels][kernel_height][kernel_width][channels].
 * scratch holds the quantized image, and behind it one patch. */
static void hybrid_conv_2d_float32(const hybrid_conv_2d_float32_parameters *parameters, const float *input,
                                   const int8_t *weights, const float *bias, int8_t *scratch, float *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const int32_t length = g->kernel_height * g->kernel_width * g->group_channels;
    const int32_t image_size = g->input_height * g->input_width * g->input_channels;
    const float scale = quantize_by_magnitude(input, image_size, scratch) * parameters->weights_scale;
    const image_view whole = {g->input_height, 0, g->input_width};
    int8_t *const patch = scratch + image_size;
    for (int32_t pixel = 0; pixel < g->output_height * g->output_width; ++pixel) {
        const int32_t top = (pixel / g->output_width) * g->stride_height - g->pad_top;
        const int32_t left = (pixel % g->output_width) * g->stride_width - g->pad_left;
        const int8_t *w = weights;
        gather_patch_int8(g, &whole, scratch, top, left, 0, patch);
        for (int32_t channel = 0; channel < g->output_channels; ++channel) {
            int32_t sum = 0;
            for (int32_t i = 0; i < length; ++i) {
                sum += (int32_t)patch[i] * w[i];
            }
            *output++ = clamp_float32((float)sum * scale + bias[channel], parameters->least, parameters->greatest);
            w += length;
        }
    }
}
