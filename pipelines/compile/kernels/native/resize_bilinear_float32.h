#include "resize_bilinear_parameters.h"

/* RESIZE_BILINEAR. rows and columns have two entries for each of the output: the two lines of the input that it lies
 * between; row_parts and column_parts are how far it is from the first. */
static void resize_bilinear_float32(const resize_bilinear_parameters *p, const float *input, const int16_t *rows,
                                    const int16_t *columns, const float *row_parts, const float *column_parts,
                                    float *output)
{
    const int32_t channels = p->channels;
    for (int32_t y = 0; y < p->images * p->output_height; ++y) {
        const int32_t line = y % p->output_height;
        const float *image = input + y / p->output_height * p->height * p->width * channels;
        const float *upper = image + rows[2 * line] * p->width * channels;
        const float *lower = image + rows[2 * line + 1] * p->width * channels;
        const float down = row_parts[line];
        for (int32_t x = 0; x < p->output_width; ++x) {
            const int32_t left = columns[2 * x] * channels;
            const int32_t right = columns[2 * x + 1] * channels;
            const float along = column_parts[x];
            for (int32_t c = 0; c < channels; ++c) {
                *output++ = upper[left + c] * (1.0f - down) * (1.0f - along) + lower[left + c] * down * (1.0f - along) +
                            upper[right + c] * (1.0f - down) * along + lower[right + c] * down * along;
            }
        }
    }
}
