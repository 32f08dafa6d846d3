#include "compiled_alone.h"
#include "tile.h"

/* Whether a layer that computes one row every `period` ticks from `start` on, `rows` in all, computes one at `tick`. */
static inline int has_turn(int32_t tick, int32_t start, int32_t period, int32_t rows)
{
    return tick >= start && (tick - start) % period == 0 && (tick - start) / period < rows;
}

/* One row of the columns of a tile. */
COMPILED_ALONE static tile row_tile(const tile *columns, int32_t row)
{
    tile result = *columns;
    result.first_row = row;
    result.end_row = row + 1;
    return result;
}
