#include "conv_2d_geometry.h"
#include "pairs_widen_int8.h"
#include "tile.h"

#if WITH_DSP && !WITH_MVE
/* Widen six neighbouring pixels of `words` words to the patches of four outputs, whose windows are three pixels wide:
 * output i takes the pixels i to i + 2. */
static inline void pairs_widen_6_pixels(const int8_t *values, int32_t words, int32_t *patches)
{
    const int32_t channels = 4 * words;
    int32_t *middle = patches + words * PAIRS_GROUP_WORDS;
    int32_t *right = middle + words * PAIRS_GROUP_WORDS;
    for (; words > 0; --words, values += 4) {
        const int32_t a = pairs_biased(pairs_load(values));
        const int32_t b = pairs_biased(pairs_load(values + channels));
        const int32_t c = pairs_biased(pairs_load(values + 2 * channels));
        const int32_t d = pairs_biased(pairs_load(values + 3 * channels));
        const int32_t e = pairs_biased(pairs_load(values + 4 * channels));
        const int32_t f = pairs_biased(pairs_load(values + 5 * channels));
        int32_t wide = pairs_upper(a);
        patches[0] = wide;
        wide = pairs_upper(b);
        patches[1] = wide;
        middle[0] = wide;
        wide = pairs_upper(c);
        patches[2] = wide;
        middle[1] = wide;
        right[0] = wide;
        wide = pairs_upper(d);
        patches[3] = wide;
        middle[2] = wide;
        right[1] = wide;
        wide = pairs_upper(e);
        middle[3] = wide;
        right[2] = wide;
        right[3] = pairs_upper(f);
        wide = pairs_lower(a);
        patches[4] = wide;
        wide = pairs_lower(b);
        patches[5] = wide;
        middle[4] = wide;
        wide = pairs_lower(c);
        patches[6] = wide;
        middle[5] = wide;
        right[4] = wide;
        wide = pairs_lower(d);
        patches[7] = wide;
        middle[6] = wide;
        right[5] = wide;
        wide = pairs_lower(e);
        middle[7] = wide;
        right[6] = wide;
        right[7] = pairs_lower(f);
        patches += PAIRS_GROUP_WORDS;
        middle += PAIRS_GROUP_WORDS;
        right += PAIRS_GROUP_WORDS;
    }
}

/* Widen the pixels under the windows at the outputs (y, x) to (y, x + 3), for windows three pixels wide, a stride of 1
 * and whole words of channels: what several windows share is widened once. Where they reach over an edge of the image,
 * a row is put together in `edge` first. */
static void pairs_gather_4(const conv_2d_geometry *g, const image_view *view, const int8_t *input, int32_t y, int32_t x,
                           int8_t padding, int32_t *patches, int8_t *edge)
{
    const int32_t channels = g->input_channels;
    const int32_t left = x - g->pad_left;
    const int32_t outside_left = left < 0 ? -left : 0;
    const int32_t reach = g->input_width - left;
    const int32_t end = reach < 6 ? reach : 6;
    int32_t row = y * g->stride_height - g->pad_top;
    for (int32_t ky = 0; ky < g->kernel_height; ++ky, row += g->dilation_height) {
        const int8_t *values = edge;
        if (row < 0 || row >= g->input_height || outside_left >= end) {
            memset(edge, padding, (size_t)(6 * channels));
        } else if (outside_left == 0 && end == 6) {
            values = input + view_pixel(view, row, left) * channels;
        } else {
            memset(edge, padding, (size_t)(6 * channels));
            memcpy(edge + outside_left * channels, input + view_pixel(view, row, left + outside_left) * channels,
                   (size_t)((end - outside_left) * channels));
        }
        pairs_widen_6_pixels(values, channels / 4, patches);
        patches += 3 * channels / 4 * PAIRS_GROUP_WORDS;
    }
}
#endif
