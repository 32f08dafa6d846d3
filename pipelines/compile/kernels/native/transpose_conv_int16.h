#include "gather_patch_int16.h"
#include "general_matrix_int16.h"
#include "transpose_conv_geometry.h"

typedef struct {
    transpose_conv_geometry geometry;
    int32_t chunk;
    output_stage_int16 stage;
} transpose_conv_int16_parameters;

/* TRANSPOSE_CONV: weights are [phases][output_channels][taps of the phase * input_channels, filled up with zeros to a
 * multiple of 4]; starts says where each phase begins. */
static void transpose_conv_int16(const transpose_conv_int16_parameters *p, const int16_t *input,
                                 const int8_t *weights, const int32_t *starts, const int32_t *bias,
                                 const int32_t *multiplier, const int8_t *shift, int16_t *patch, int16_t *output)
{
    const transpose_conv_geometry *g = &p->geometry;
    const image_view view = {g->input_height, 0, g->input_width};
    matrix_int16 matrix = {0, 0, 0, {0, 0, 0, 0}};
    matrix.rows = g->output_channels;
    matrix.chunk = p->chunk;
    matrix.stage = p->stage;
    for (int32_t y = 0; y < g->output_height; ++y) {
        for (int32_t x = 0; x < g->output_width; ++x, output += g->output_channels) {
            const transpose_conv_pixel pixel = transpose_conv_pixel_at(g, y, x);
            const int32_t products = pixel.window.kernel_height * pixel.window.kernel_width * g->input_channels;
            const patch_int16 gathered = {patch, 4, 0};
            matrix.length = (products + 3) & ~3;
            gather_patch_int16(&pixel.window, &view, input, pixel.top, pixel.left, 0, matrix.length, gathered);
            general_matrix_int16(&matrix, patch, 0, weights + starts[pixel.phase], bias, multiplier, shift, output);
        }
    }
}
