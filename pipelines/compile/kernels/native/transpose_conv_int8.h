#include "gather_patch_of_int8.h"
#include "multiply_row_int16.h"
#include "requantize_int8.h"
#include "transpose_conv_geometry.h"

typedef struct {
    transpose_conv_geometry geometry;
    int32_t input_zero_point;
    output_stage_int8 stage;
} transpose_conv_int8_parameters;

/* TRANSPOSE_CONV: weights are [phases][output_channels][taps of the phase * input_channels, filled up with zeros to a
 * multiple of 4]; starts says where each phase begins. */
static void transpose_conv_int8(const transpose_conv_int8_parameters *p, const int8_t *input, const int8_t *weights,
                                const int32_t *starts, const int32_t *bias, const int32_t *multiplier,
                                const int8_t *shift, int16_t *patch, int8_t *output)
{
    const transpose_conv_geometry *g = &p->geometry;
    const image_view view = {g->input_height, 0, g->input_width};
    for (int32_t y = 0; y < g->output_height; ++y) {
        for (int32_t x = 0; x < g->output_width; ++x, output += g->output_channels) {
            const transpose_conv_pixel pixel = transpose_conv_pixel_at(g, y, x);
            const int32_t products = pixel.window.kernel_height * pixel.window.kernel_width * g->input_channels;
            const int32_t length = (products + 3) & ~3;
            const int8_t *row = weights + starts[pixel.phase];
            const patch_of_int8 gathered = {patch, 4, 0};
            gather_patch_of_int8(&pixel.window, &view, input, pixel.top, pixel.left, p->input_zero_point, 0, length,
                                 gathered);
            for (int32_t i = 0; i < length; ++i) {
                patch[i] = (int16_t)(patch[i] - p->input_zero_point);
            }
            for (int32_t c = 0; c < g->output_channels; ++c, row += length) {
                const int32_t sum = bias[c] + multiply_row_int16(patch, row, length);
                output[c] = requantize_int8(&p->stage, sum, multiplier, shift, c);
            }
        }
    }
}
