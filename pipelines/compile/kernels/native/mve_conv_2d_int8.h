#include "conv_2d_int8_parameters.h"
#include "mve_copy_rows.h"
#include "mve_fill_bytes.h"
#include "mve_multiply_int8.h"
#include "tile.h"

#if WITH_MVE
enum { MVE_PIXELS = 4 };

/* Where the rows under the windows of one row of outputs lie: `runs` of rows one behind the other, of which the second
 * begins again at the first place of a ring. */
typedef struct {
    int32_t row_length;
    int32_t pitch;
    int32_t first; /* row of the window that the image has */
    int32_t runs[2];
    int32_t starts[2];
    int32_t is_cut;
} mve_window_rows;

static inline mve_window_rows mve_window_rows_of(const conv_2d_geometry *g, const image_view *view, int32_t y)
{
    const int32_t step = g->dilation_height;
    const int32_t top = y * g->stride_height - g->pad_top;
    const int32_t rows = g->kernel_height;
    const int32_t pitch = view->columns * g->input_channels;
    const int32_t below = g->input_height - top + step - 1;
    const int32_t end = below < rows * step ? below / step : rows;
    mve_window_rows found;
    int32_t place;
    int32_t until_wrap;
    found.first = top < 0 ? (step - 1 - top) / step : 0;
    place = (top + found.first * step) % view->rows;
    until_wrap = (view->rows - place + step - 1) / step;
    found.row_length = g->kernel_width * g->input_channels;
    found.pitch = step * pitch;
    found.is_cut = end - found.first < rows;
    found.runs[0] = end - found.first < until_wrap ? end - found.first : until_wrap;
    found.runs[1] = end - found.first - found.runs[0];
    found.starts[0] = place * pitch;
    found.starts[1] = (place + found.runs[0] * step - view->rows) * pitch;
    return found;
}

/* Copy the pixels under a window whose left edge is `left` bytes from that of the image and at `pixels` in row 0: where
 * it reaches over an edge, into a patch that is all padding. */
static inline void mve_gather_patch_int8(const mve_window_rows *window, const int8_t *pixels, int32_t left,
                                         int32_t row_bytes, int32_t patch_bytes, int8_t padding, int8_t *patch)
{
    const int32_t length = window->row_length;
    const int32_t before = left < 0 ? -left : 0;
    const int32_t after = row_bytes - left < length ? row_bytes - left : length;
    if (window->is_cut || after - before < length) {
        mve_fill_bytes(patch, padding, patch_bytes);
    }
    if (before < after && window->runs[0] > 0) {
        patch += window->first * length + before;
        mve_copy_rows(patch, length, pixels + window->starts[0] + before, window->pitch, after - before,
                      window->runs[0]);
        if (window->runs[1] > 0) {
            mve_copy_rows(patch + window->runs[0] * length, length, pixels + window->starts[1] + before, window->pitch,
                          after - before, window->runs[1]);
        }
    }
}

/* CONV_2D, of four pixels at a time. Weights are [output_channels / 4][products / 16][4 channels][16 products],
 * `channels` [output_channels / 4][bias, multiplier, shift][4]; both are filled up with zeros. Scratch memory holds
 * four patches of whole sixteens. */
static void mve_conv_2d_int8(const conv_2d_int8_parameters *parameters, const tile *t, const int8_t *input,
                             const int8_t *weights, const int32_t *channels, int8_t *patches, int8_t *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const int8_t padding = (int8_t)parameters->input_zero_point;
    const int32_t outputs = g->output_channels;
    const int32_t move = g->stride_width * g->input_channels;
    const int32_t row_bytes = g->input_width * g->input_channels;
    const int32_t patch_bytes = g->kernel_height * g->kernel_width * g->input_channels;
    const int32_t steps = (patch_bytes + 15) / 16;
    const int32_t first_left = (t->first_column * g->stride_width - g->pad_left) * g->input_channels;
    const int32_t skipped = t->inputs[0].first_column * g->input_channels;
    const int32_t columns = t->end_column - t->first_column;
    int8_t *targets[MVE_PIXELS];
    int32_t waiting = 0;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const mve_window_rows window = mve_window_rows_of(g, &t->inputs[0], y);
        const int32_t is_last_row = y + 1 == t->end_row;
        int8_t *target = output + view_pixel(&t->output, y, t->first_column) * outputs;
        int32_t left = first_left;
        for (int32_t rest = columns; rest > 0; --rest, left += move, target += outputs) {
            mve_gather_patch_int8(&window, input + left - skipped, left, row_bytes, patch_bytes, padding,
                                  patches + 16 * waiting * steps);
            targets[waiting++] = target;
            if (waiting == MVE_PIXELS || (is_last_row && rest == 1)) {
                while (waiting < MVE_PIXELS) {
                    targets[waiting++] = targets[0];
                }
                mve_multiply_4_pixels(&parameters->stage, patches, steps, weights, channels, outputs, targets);
                waiting = 0;
            }
        }
    }
}
#endif
