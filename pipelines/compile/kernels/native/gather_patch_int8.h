#include "conv_2d_geometry.h"
#include "tile.h"

/* Copy the pixels under one window, group_channels of each, to patch; outside the image is padding. */
static void gather_patch_int8(const conv_2d_geometry *g, const image_view *view, const int8_t *input, int32_t top,
                              int32_t left, int8_t padding, int8_t *patch)
{
    for (int32_t ky = 0; ky < g->kernel_height; ++ky) {
        const int32_t y = top + ky * g->dilation_height;
        for (int32_t kx = 0; kx < g->kernel_width; ++kx) {
            const int32_t x = left + kx * g->dilation_width;
            if (y >= 0 && y < g->input_height && x >= 0 && x < g->input_width) {
                const int8_t *pixel = input + view_pixel(view, y, x) * g->input_channels;
                for (int32_t c = 0; c < g->group_channels; ++c) {
                    patch[c] = pixel[c];
                }
            } else {
                for (int32_t c = 0; c < g->group_channels; ++c) {
                    patch[c] = padding;
                }
            }
            patch += g->group_channels;
        }
    }
}
