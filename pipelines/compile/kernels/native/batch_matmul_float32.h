#include "batch_matmul_geometry.h"

typedef struct {
    batch_matmul_geometry geometry;
} batch_matmul_float32_parameters;

/* BATCH_MATMUL, column by column of the right operand, which is gathered in `column`. */
static void batch_matmul_float32(const batch_matmul_float32_parameters *p, const float *left, const float *right,
                                 float *column, float *output)
{
    const batch_matmul_geometry *g = &p->geometry;
    for (int32_t batch = 0; batch < g->batches[0] * g->batches[1] * g->batches[2]; ++batch) {
        const float *first = left + batch_offset(g, g->left_batch_stride, batch);
        const float *second = right + batch_offset(g, g->right_batch_stride, batch);
        for (int32_t j = 0; j < g->columns; ++j, second += g->right_column_stride) {
            for (int32_t k = 0; k < g->depth; ++k) {
                column[k] = second[k * g->right_step];
            }
            for (int32_t i = 0; i < g->rows; ++i) {
                const float *row = first + i * g->left_row_stride;
                float sum = 0.0f;
                for (int32_t k = 0; k < g->depth; ++k) {
                    sum += row[k * g->left_step] * column[k];
                }
                output[i * g->columns + j] = sum;
            }
        }
        output += g->rows * g->columns;
    }
}
