#include "clamp_TYPE1.h"
#include "pool_2d_TYPE1_parameters.h"

/* MAX_POOL_2D. */
static void max_pool_2d_TYPE1(const pool_2d_TYPE1_parameters *p, const tile *t, const C_TYPE1 *input,
                                C_TYPE1 *output)
{
    const pool_2d_geometry *g = &p->geometry;
    const int32_t channels = g->input_channels;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        C_TYPE1 *target = output + view_pixel(&t->output, y, t->first_column) * channels;
        for (int32_t x = t->first_column; x < t->end_column; ++x) {
            const pool_2d_window window = pool_2d_window_at(g, y, x);
            for (int32_t c = 0; c < channels; ++c) {
                target[c] = (C_TYPE1)p->least;
            }
            for (int32_t wy = window.y_begin; wy < window.y_end; ++wy) {
                for (int32_t wx = window.x_begin; wx < window.x_end; ++wx) {
                    const C_TYPE1 *pixel = input + view_pixel(&t->inputs[0], wy, wx) * channels;
                    for (int32_t c = 0; c < channels; ++c) {
                        target[c] = pixel[c] > target[c] ? pixel[c] : target[c];
                    }
                }
            }
            for (int32_t c = 0; c < channels; ++c) {
                target[c] = clamp_TYPE1(target[c], p->least, p->greatest);
            }
            target += channels;
        }
    }
}
