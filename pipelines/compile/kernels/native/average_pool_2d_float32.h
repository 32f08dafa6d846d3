#include "clamp_float32.h"
#include "pool_2d_float32_parameters.h"

/* AVERAGE_POOL_2D: the mean of the pixels inside the image. */
static void average_pool_2d_float32(const pool_2d_float32_parameters *p, const float *input, float *output)
{
    const pool_2d_geometry *g = &p->geometry;
    for (int32_t y = 0; y < g->output_height; ++y) {
        for (int32_t x = 0; x < g->output_width; ++x) {
            const pool_2d_window window = pool_2d_window_at(g, y, x);
            const int32_t pixels = (window.y_end - window.y_begin) * (window.x_end - window.x_begin);
            for (int32_t c = 0; c < g->input_channels; ++c) {
                float sum = 0.0f;
                for (int32_t wy = window.y_begin; wy < window.y_end; ++wy) {
                    for (int32_t wx = window.x_begin; wx < window.x_end; ++wx) {
                        sum += input[(wy * g->input_width + wx) * g->input_channels + c];
                    }
                }
                output[c] = clamp_float32(sum / (float)pixels, p->least, p->greatest);
            }
            output += g->input_channels;
        }
    }
}
