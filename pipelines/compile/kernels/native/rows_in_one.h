#include "maybe_unused.h"
#include "tile.h"

/* How many rows of a tile's output, from y on, follow each other in memory without a gap. */
MAYBE_UNUSED static inline int32_t rows_in_one(const tile *t, int32_t y)
{
    const int32_t rest = t->end_row - y;
    const int32_t until_wrap = t->output.rows - y % t->output.rows;
    if (t->end_column - t->first_column != t->output.columns) {
        return 1;
    }
    return rest < until_wrap ? rest : until_wrap;
}
