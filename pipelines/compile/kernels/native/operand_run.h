#include "broadcast_loops.h"
#include "tile.h"

/* A run of values that lie together in the output of a layer with two operands: how many, and where it begins in the
 * output and in the operands. Within it, the operands move by stride0[3] and stride1[3] of the layer's loops. */
typedef struct {
    int32_t values;
    int32_t output;
    int32_t input0;
    int32_t input1;
    int32_t at[3];
} operand_run;

/* In a tile the loops are 1, rows, columns and channels; an operand that moves along the rows is an image, another is
 * a constant that has one value, or one for each channel. A run is a row, or a pixel where a constant has channels. */
static inline void place_in_tile(const broadcast_loops *l, const tile *t, operand_run *run)
{
    const image_view *second = &t->inputs[l->stride0[1] != 0 ? 1 : 0];
    const int32_t channels = l->size[3];
    run->output = view_pixel(&t->output, run->at[1], run->at[2]) * channels;
    run->input0 = l->stride0[1] != 0 ? view_pixel(&t->inputs[0], run->at[1], run->at[2]) * channels : 0;
    run->input1 = l->stride1[1] != 0 ? view_pixel(second, run->at[1], run->at[2]) * channels : 0;
}

/* Without a tile (t is null) the output is walked through from its beginning to its end. */
static inline operand_run first_operand_run(const broadcast_loops *l, const tile *t)
{
    operand_run run = {l->size[3], 0, 0, 0, {0, 0, 0}};
    if (t != NULL) {
        const int together = l->stride0[2] == l->stride0[3] * l->size[3] && l->stride1[2] == l->stride1[3] * l->size[3];
        run.at[1] = t->first_row;
        run.at[2] = t->first_column;
        run.values = together ? (t->end_column - t->first_column) * l->size[3] : l->size[3];
        place_in_tile(l, t, &run);
    }
    return run;
}

/* Whether there is another run, to which `run` then moves on. */
static inline int next_operand_run(const broadcast_loops *l, const tile *t, operand_run *run)
{
    if (t != NULL) {
        run->at[2] += run->values == l->size[3] ? 1 : t->end_column - t->first_column;
        if (run->at[2] >= t->end_column) {
            run->at[2] = t->first_column;
            ++run->at[1];
        }
        if (run->at[1] < t->end_row) {
            place_in_tile(l, t, run);
        }
        return run->at[1] < t->end_row;
    }
    run->output += l->size[3];
    for (int32_t loop = 2; loop >= 0; --loop) {
        if (++run->at[loop] < l->size[loop]) {
            run->input0 += l->stride0[loop];
            run->input1 += l->stride1[loop];
            return 1;
        }
        run->at[loop] = 0;
        run->input0 -= (l->size[loop] - 1) * l->stride0[loop];
        run->input1 -= (l->size[loop] - 1) * l->stride1[loop];
    }
    return 0;
}
