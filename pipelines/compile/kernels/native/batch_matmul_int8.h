#include "batch_matmul_geometry.h"
#include "clamp_int8.h"
#include "int16_pairs.h"
#include "multiply_quantized.h"

typedef struct {
    batch_matmul_geometry geometry;
    int32_t left_zero_point;
    int32_t right_zero_point;
    int32_t multiplier;
    int32_t shift;
    int32_t zero_point;
} batch_matmul_int8_parameters;

/* The place of value k in the column: for the DSP extension, whole groups of four are in the order 0, 2, 1, 3, which is
 * that of the pairs that SXTB16 makes of a word. */
static inline int32_t place_in_column(int32_t k, int32_t depth)
{
    const int32_t place = k & 3;
    return INT16_PAIRS && (k | 3) < depth && (place == 1 || place == 2) ? k - place + (3 - place) : k;
}

/* The sum of the products of a row, whose values are `step` apart, with the column. */
static inline int32_t multiply_by_column(const int8_t *row, int32_t step, const int16_t *column, int32_t depth)
{
    int32_t sum = 0;
    int32_t k = 0;
    if (step == 1) {
#if INT16_PAIRS
        for (; k + 4 <= depth; k += 4) {
            const int32_t word = load_word_of(row + k);
            sum = __smlad(even_bytes_of(word), load_word_of(column + k), sum);
            sum = __smlad(odd_bytes_of(word), load_word_of(column + k + 2), sum);
        }
#endif
        for (; k < depth; ++k) {
            sum += (int32_t)row[k] * column[k];
        }
    } else {
        for (; k < depth; ++k) {
            sum += (int32_t)row[k * step] * column[place_in_column(k, depth)];
        }
    }
    return sum;
}

/* BATCH_MATMUL, column by column of the right operand, which is gathered in `column`, less its zero point. */
static void batch_matmul_int8(const batch_matmul_int8_parameters *p, const int8_t *left, const int8_t *right,
                              int16_t *column, int8_t *output)
{
    const batch_matmul_geometry *g = &p->geometry;
    for (int32_t batch = 0; batch < g->batches[0] * g->batches[1] * g->batches[2]; ++batch) {
        const int8_t *first = left + batch_offset(g, g->left_batch_stride, batch);
        const int8_t *second = right + batch_offset(g, g->right_batch_stride, batch);
        for (int32_t j = 0; j < g->columns; ++j, second += g->right_column_stride) {
            int32_t offset = 0;
            for (int32_t k = 0; k < g->depth; ++k) {
                const int32_t value = second[k * g->right_step] - p->right_zero_point;
                column[place_in_column(k, g->depth)] = (int16_t)value;
                offset -= value * p->left_zero_point;
            }
            for (int32_t i = 0; i < g->rows; ++i) {
                const int32_t sum =
                    offset + multiply_by_column(first + i * g->left_row_stride, g->left_step, column, g->depth);
                const int32_t scaled = multiply_quantized(sum, p->multiplier, p->shift);
                output[i * g->columns + j] = clamp_int8(scaled + p->zero_point, -128, 127);
            }
        }
        output += g->rows * g->columns;
    }
}
