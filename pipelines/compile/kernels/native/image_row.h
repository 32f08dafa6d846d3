#include "tile.h"

/* Values of a row of a tile, in the input or the output of a step that works value by value. */
static inline int32_t image_row_values(const tile *t, int32_t channels)
{
    return (t->end_column - t->first_column) * channels;
}

/* Where a row of a tile begins in an image, in values. */
static inline int32_t image_row_at(const tile *t, const image_view *view, int32_t y, int32_t channels)
{
    return view_pixel(view, y, t->first_column) * channels;
}
