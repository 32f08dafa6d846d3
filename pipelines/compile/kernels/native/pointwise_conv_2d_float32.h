#include "conv_2d_float32_parameters.h"
#include "matrix_vector_float32.h"
#include "tile.h"

/* CONV_2D with a 1 x 1 kernel: each pixel is its own patch. */
static void pointwise_conv_2d_float32(const conv_2d_float32_parameters *parameters, const tile *t,
                                      const float *input, THIMBLE_CONST float *weights, THIMBLE_CONST float *bias,
                                      float *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        float *target = output + view_pixel(&t->output, y, t->first_column) * g->output_channels;
        for (int32_t x = t->first_column; x < t->end_column; ++x) {
            const int32_t pixel = view_pixel(&t->inputs[0], y * g->stride_height, x * g->stride_width);
            matrix_vector_float32(input + pixel * g->input_channels, g->input_channels, weights, bias,
                                  g->output_channels, parameters->least, parameters->greatest, target);
            target += g->output_channels;
        }
    }
}
