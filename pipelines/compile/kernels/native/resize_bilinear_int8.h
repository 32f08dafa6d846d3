#include "resize_bilinear_parameters.h"

/* RESIZE_BILINEAR. rows and columns have three entries for each of the output: the two lines of the input that it lies
 * between, and how far it is from the first, in steps of 1/1024. */
static void resize_bilinear_int8(const resize_bilinear_parameters *p, const int8_t *input, const int16_t *rows,
                                 const int16_t *columns, int8_t *output)
{
    const int32_t channels = p->channels;
    for (int32_t y = 0; y < p->images * p->output_height; ++y) {
        const int16_t *row = rows + y % p->output_height * 3;
        const int8_t *image = input + y / p->output_height * p->height * p->width * channels;
        const int8_t *upper = image + row[0] * p->width * channels;
        const int8_t *lower = image + row[1] * p->width * channels;
        for (int32_t x = 0; x < p->output_width; ++x) {
            const int16_t *column = columns + x * 3;
            const int32_t left = column[0] * channels;
            const int32_t right = column[1] * channels;
            for (int32_t c = 0; c < channels; ++c) {
                const int32_t above = upper[left + c] * (1024 - column[2]) + upper[right + c] * column[2];
                const int32_t below = lower[left + c] * (1024 - column[2]) + lower[right + c] * column[2];
                const int32_t sum = above * (1024 - row[2]) + below * row[2];
                *output++ = (int8_t)((sum + (sum > 0 ? (int32_t)1 << 19 : -((int32_t)1 << 19))) / ((int32_t)1 << 20));
            }
        }
    }
}
