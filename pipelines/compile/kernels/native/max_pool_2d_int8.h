#include "clamp_int8.h"
#include "pool_2d_int8_parameters.h"

/* MAX_POOL_2D. */
static void max_pool_2d_int8(const pool_2d_int8_parameters *p, const int8_t *input, int8_t *output)
{
    const pool_2d_geometry *g = &p->geometry;
    const int32_t channels = g->input_channels;
    for (int32_t y = 0; y < g->output_height; ++y) {
        for (int32_t x = 0; x < g->output_width; ++x) {
            const pool_2d_window window = pool_2d_window_at(g, y, x);
            for (int32_t c = 0; c < channels; ++c) {
                output[c] = (int8_t)p->least;
            }
            for (int32_t wy = window.y_begin; wy < window.y_end; ++wy) {
                for (int32_t wx = window.x_begin; wx < window.x_end; ++wx) {
                    const int8_t *pixel = input + (wy * g->input_width + wx) * channels;
                    for (int32_t c = 0; c < channels; ++c) {
                        output[c] = pixel[c] > output[c] ? pixel[c] : output[c];
                    }
                }
            }
            for (int32_t c = 0; c < channels; ++c) {
                output[c] = clamp_int8(output[c], p->least, p->greatest);
            }
            output += channels;
        }
    }
}
