#include "gather_patch_float32.h"
#include "matrix_vector_float32.h"
#include "transpose_conv_geometry.h"

typedef struct {
    transpose_conv_geometry geometry;
    float least;
    float greatest;
} transpose_conv_float32_parameters;

/* TRANSPOSE_CONV: weights are [phases][taps of the phase * input_channels][output_channels]; starts says where each
 * phase begins. */
static void transpose_conv_float32(const transpose_conv_float32_parameters *p, const float *input,
                                   const float *weights, const int32_t *starts, const float *bias, float *patch,
                                   float *output)
{
    const transpose_conv_geometry *g = &p->geometry;
    const image_view view = {g->input_height, 0, g->input_width};
    for (int32_t y = 0; y < g->output_height; ++y) {
        for (int32_t x = 0; x < g->output_width; ++x, output += g->output_channels) {
            const transpose_conv_pixel pixel = transpose_conv_pixel_at(g, y, x);
            const int32_t length = pixel.window.kernel_height * pixel.window.kernel_width * g->input_channels;
            gather_patch_float32(&pixel.window, &view, input, pixel.top, pixel.left, 0.0f, patch);
            matrix_vector_float32(patch, length, weights + starts[pixel.phase], bias, g->output_channels, p->least,
                                  p->greatest, output);
        }
    }
}
