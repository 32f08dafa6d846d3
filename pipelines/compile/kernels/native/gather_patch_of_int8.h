#include "conv_2d_geometry.h"
#include "patch_of_int8.h"
#include "tile.h"

/* Put the pixels under the window at output (y, x) into patch, the channels of one group from first_channel on, and
 * fill it up to `length` values. Outside of the image is padding. */
static void gather_patch_of_int8(const conv_2d_geometry *g, const image_view *view, const int8_t *input, int32_t y,
                                 int32_t x, int32_t padding, int32_t first_channel, int32_t length,
                                 patch_of_int8 patch)
{
    const int32_t left = x * g->stride_width - g->pad_left;
    const int32_t whole_rows = g->dilation_width == 1 && g->groups == 1;
    const int32_t run = whole_rows ? g->kernel_width : 1; /* pixels that lie next to each other */
    int32_t row = y * g->stride_height - g->pad_top;
    for (int32_t ky = 0; ky < g->kernel_height; ++ky, row += g->dilation_height) {
        int32_t column = left;
        for (int32_t kx = 0; kx < g->kernel_width; kx += run, column += g->dilation_width) {
            const int32_t before = column < 0 ? (-column < run ? -column : run) : 0;
            const int32_t reach = g->input_width - column;
            const int32_t after = reach < run ? (reach > before ? reach : before) : run;
            if (row < 0 || row >= g->input_height || before == after) {
                append_same_int8(&patch, padding, run * g->group_channels);
            } else {
                append_same_int8(&patch, padding, before * g->group_channels);
                append_int8(&patch,
                            input + view_pixel(view, row, column + before) * g->input_channels + first_channel,
                            (after - before) * g->group_channels);
                append_same_int8(&patch, padding, (run - after) * g->group_channels);
            }
        }
    }
    append_same_int8(&patch, padding, length - patch.count);
}
