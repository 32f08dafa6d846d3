#include "batch_matmul_geometry.h"
#include "clamp_int16.h"
#include "int16_pairs.h"

typedef struct {
    batch_matmul_geometry geometry;
    int32_t multiplier; /* of 15 bits */
    int32_t right_shift;
} batch_matmul_int16_parameters;

/* The sum of the products of a row, whose values are `step` apart, with the column, in 64 bits. */
static inline int64_t multiply_by_column_int16(const int16_t *row, int32_t step, const int16_t *column,
                                               int32_t depth)
{
    int64_t sum = 0;
    int32_t k = 0;
#if INT16_PAIRS
    if (step == 1) {
        for (; k + 2 <= depth; k += 2) {
            sum = __smlald(load_word_of(row + k), load_word_of(column + k), sum);
        }
    }
#endif
    for (; k < depth; ++k) {
        sum += (int32_t)row[k * step] * column[k];
    }
    return sum;
}

/* BATCH_MATMUL, column by column of the right operand, which is gathered in `column`. */
static void batch_matmul_int16(const batch_matmul_int16_parameters *p, const int16_t *left, const int16_t *right,
                               int16_t *column, int16_t *output)
{
    const batch_matmul_geometry *g = &p->geometry;
    const int64_t half = (int64_t)1 << (p->right_shift - 1);
    for (int32_t batch = 0; batch < g->batches[0] * g->batches[1] * g->batches[2]; ++batch) {
        const int16_t *first = left + batch_offset(g, g->left_batch_stride, batch);
        const int16_t *second = right + batch_offset(g, g->right_batch_stride, batch);
        for (int32_t j = 0; j < g->columns; ++j, second += g->right_column_stride) {
            for (int32_t k = 0; k < g->depth; ++k) {
                column[k] = second[k * g->right_step];
            }
            for (int32_t i = 0; i < g->rows; ++i) {
                const int64_t sum =
                    multiply_by_column_int16(first + i * g->left_row_stride, g->left_step, column, g->depth);
                const int32_t scaled = (int32_t)((sum * p->multiplier + half) >> p->right_shift);
                output[i * g->columns + j] = clamp_int16(scaled, -32768, 32767);
            }
        }
        output += g->rows * g->columns;
    }
}
