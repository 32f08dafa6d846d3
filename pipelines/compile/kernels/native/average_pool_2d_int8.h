#include "clamp_int8.h"
#include "pool_2d_int8_parameters.h"

/* AVERAGE_POOL_2D: the mean of the pixels inside the image, halves rounded away from zero. */
static void average_pool_2d_int8(const pool_2d_int8_parameters *p, const int8_t *input, int8_t *output)
{
    const pool_2d_geometry *g = &p->geometry;
    for (int32_t y = 0; y < g->output_height; ++y) {
        for (int32_t x = 0; x < g->output_width; ++x) {
            const pool_2d_window window = pool_2d_window_at(g, y, x);
            const int32_t pixels = (window.y_end - window.y_begin) * (window.x_end - window.x_begin);
            for (int32_t c = 0; c < g->input_channels; ++c) {
                int32_t sum = 0;
                for (int32_t wy = window.y_begin; wy < window.y_end; ++wy) {
                    for (int32_t wx = window.x_begin; wx < window.x_end; ++wx) {
                        sum += input[(wy * g->input_width + wx) * g->input_channels + c];
                    }
                }
                sum = sum > 0 ? (sum + pixels / 2) / pixels : (sum - pixels / 2) / pixels;
                output[c] = clamp_int8(sum, p->least, p->greatest);
            }
            output += g->input_channels;
        }
    }
}
