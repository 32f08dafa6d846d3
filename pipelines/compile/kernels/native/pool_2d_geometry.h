#include "tile.h"

typedef struct {
    int32_t input_height;
    int32_t input_width;
    int32_t input_channels;
    int32_t output_height;
    int32_t output_width;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride_height;
    int32_t stride_width;
    int32_t pad_top;
    int32_t pad_left;
} pool_2d_geometry;

/* The part of one window that lies inside the image; ends are exclusive. */
typedef struct {
    int32_t y_begin;
    int32_t y_end;
    int32_t x_begin;
    int32_t x_end;
} pool_2d_window;

static inline pool_2d_window pool_2d_window_at(const pool_2d_geometry *g, int32_t y, int32_t x)
{
    const int32_t top = y * g->stride_height - g->pad_top;
    const int32_t left = x * g->stride_width - g->pad_left;
    const int32_t bottom = top + g->kernel_height;
    const int32_t right = left + g->kernel_width;
    pool_2d_window window;
    window.y_begin = top < 0 ? 0 : top;
    window.x_begin = left < 0 ? 0 : left;
    window.y_end = bottom > g->input_height ? g->input_height : bottom;
    window.x_end = right > g->input_width ? g->input_width : right;
    return window;
}
