#include "conv_2d_int8_parameters.h"
#include "matrix_vector_int8.h"

/* CONV_2D with a 1 x 1 kernel: each pixel is its own patch. */
static void pointwise_conv_2d_int8(const conv_2d_int8_parameters *parameters, const int8_t *input,
                                   const int8_t *weights, const int32_t *bias, const int32_t *multiplier,
                                   const int8_t *shift, int8_t *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    for (int32_t y = 0; y < g->output_height; ++y) {
        const int8_t *row = input + y * g->stride_height * g->input_width * g->input_channels;
        for (int32_t x = 0; x < g->output_width; ++x) {
            matrix_vector_int8(&parameters->stage, row + x * g->stride_width * g->input_channels,
                               g->input_channels, weights, bias, multiplier, shift, 0, g->output_channels, output);
            output += g->output_channels;
        }
    }
}
