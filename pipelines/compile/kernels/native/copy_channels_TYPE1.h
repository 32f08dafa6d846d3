#include "tile.h"

/* Copy the pixels of an image, the tile's input `position`, into those of one with more channels. */
static void copy_channels_TYPE1(const tile *t, int32_t position, int32_t channels, int32_t output_channels,
                                  const C_TYPE1 *input, C_TYPE1 *output)
{
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const C_TYPE1 *pixel = input + view_pixel(&t->inputs[position], y, t->first_column) * channels;
        C_TYPE1 *target = output + view_pixel(&t->output, y, t->first_column) * output_channels;
        for (int32_t x = t->first_column; x < t->end_column; ++x) {
            for (int32_t c = 0; c < channels; ++c) {
                target[c] = pixel[c];
            }
            pixel += channels;
            target += output_channels;
        }
    }
}
