#include "tile.h"

/* Two operands of a step that meet pixel by pixel: an image moves along with the output; a constant is one value, or
 * one for each channel, and stays. */
typedef struct {
    int32_t channels;
    int32_t by_pixel;
    int32_t moves[2];
    int32_t stride[2];
} image_pair;

/* The next piece of the tile, in which values lie next to each other: a row, or a pixel where a constant has channels
 * of its own. */
typedef struct {
    int32_t values;
    int32_t columns;
} image_run;

static inline image_run image_run_of(const image_pair *pair, const tile *t)
{
    image_run run;
    run.columns = pair->by_pixel ? 1 : t->end_column - t->first_column;
    run.values = run.columns * pair->channels;
    return run;
}

/* Where an operand begins at pixel (y, x); images are counted, constants are not. */
static inline int32_t image_pair_at(const image_pair *pair, const tile *t, int32_t operand, int32_t y, int32_t x)
{
    const image_view *view = &t->inputs[operand == 1 && pair->moves[0] ? 1 : 0];
    return pair->moves[operand] ? view_pixel(view, y, x) * pair->channels : 0;
}
