#include "clamp_int16.h"
#include "pool_2d_int16_parameters.h"

/* AVERAGE_POOL_2D: the mean of the pixels inside the image, halves rounded away from zero. */
static void average_pool_2d_int16(const pool_2d_int16_parameters *p, const tile *t, const int16_t *input,
                                  int16_t *output)
{
    const pool_2d_geometry *g = &p->geometry;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        int16_t *target = output + view_pixel(&t->output, y, t->first_column) * g->input_channels;
        for (int32_t x = t->first_column; x < t->end_column; ++x) {
            const pool_2d_window window = pool_2d_window_at(g, y, x);
            const int32_t pixels = (window.y_end - window.y_begin) * (window.x_end - window.x_begin);
            for (int32_t c = 0; c < g->input_channels; ++c) {
                int32_t sum = 0;
                for (int32_t wy = window.y_begin; wy < window.y_end; ++wy) {
                    for (int32_t wx = window.x_begin; wx < window.x_end; ++wx) {
                        sum += input[view_pixel(&t->inputs[0], wy, wx) * g->input_channels + c];
                    }
                }
                sum = sum > 0 ? (sum + pixels / 2) / pixels : (sum - pixels / 2) / pixels;
                target[c] = clamp_int16(sum, p->least, p->greatest);
            }
            target += g->input_channels;
        }
    }
}
