#include "conv_2d_float32_parameters.h"
#include "matrix_vector_float32.h"

/* CONV_2D with a 1 x 1 kernel: each pixel is its own patch. */
static void pointwise_conv_2d_float32(const conv_2d_float32_parameters *parameters, const float *input,
                                      const float *weights, const float *bias, float *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    for (int32_t y = 0; y < g->output_height; ++y) {
        const float *row = input + y * g->stride_height * g->input_width * g->input_channels;
        for (int32_t x = 0; x < g->output_width; ++x) {
            matrix_vector_float32(row + x * g->stride_width * g->input_channels, g->input_channels, weights, bias,
                                  g->output_channels, parameters->least, parameters->greatest, output);
            output += g->output_channels;
        }
    }
}
