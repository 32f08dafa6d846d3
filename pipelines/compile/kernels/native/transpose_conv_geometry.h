#include "conv_2d_geometry.h"

/* A transposed convolution, for one output pixel a convolution with those taps of the kernel that meet the image: with
 * every stride-th tap, the first of which depends on the pixel's place among `stride` neighbours, its phase. */
typedef struct {
    int32_t input_height;
    int32_t input_width;
    int32_t input_channels;
    int32_t output_height;
    int32_t output_width;
    int32_t output_channels;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride_height;
    int32_t stride_width;
    int32_t pad_top;
    int32_t pad_left;
} transpose_conv_geometry;

/* The convolution for an output pixel: its window (whose top left corner may lie outside of the image), and which phase
 * of the weights it takes. */
typedef struct {
    conv_2d_geometry window;
    int32_t top;
    int32_t left;
    int32_t phase;
} transpose_conv_pixel;

static inline transpose_conv_pixel transpose_conv_pixel_at(const transpose_conv_geometry *g, int32_t y, int32_t x)
{
    const int32_t row = y + g->pad_top;
    const int32_t column = x + g->pad_left;
    const int32_t phase_y = row % g->stride_height;
    const int32_t phase_x = column % g->stride_width;
    const int32_t taps_y = (g->kernel_height - phase_y + g->stride_height - 1) / g->stride_height;
    const int32_t taps_x = (g->kernel_width - phase_x + g->stride_width - 1) / g->stride_width;
    transpose_conv_pixel pixel = {{0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0}, 0, 0, 0};
    pixel.window.input_height = g->input_height;
    pixel.window.input_width = g->input_width;
    pixel.window.input_channels = g->input_channels;
    pixel.window.group_channels = g->input_channels;
    pixel.window.kernel_height = taps_y > 0 ? taps_y : 0;
    pixel.window.kernel_width = taps_x > 0 ? taps_x : 0;
    pixel.top = row / g->stride_height - pixel.window.kernel_height + 1;
    pixel.left = column / g->stride_width - pixel.window.kernel_width + 1;
    pixel.phase = phase_y * g->stride_width + phase_x;
    return pixel;
}
