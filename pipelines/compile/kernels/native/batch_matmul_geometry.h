/* output[b][i][j] = the sum of left[b][i][k] * right[b][k][j] over k < depth, for up to three nested batches. Strides
 * are in elements; that of a batch which an operand repeats is 0. */
typedef struct {
    int32_t batches[3];
    int32_t left_batch_stride[3];
    int32_t right_batch_stride[3];
    int32_t rows;
    int32_t columns;
    int32_t depth;
    int32_t left_row_stride;
    int32_t left_step;
    int32_t right_column_stride;
    int32_t right_step;
} batch_matmul_geometry;

/* Where batch number `batch` begins in an operand. */
static inline int32_t batch_offset(const batch_matmul_geometry *g, const int32_t stride[3], int32_t batch)
{
    const int32_t inner = batch % g->batches[2];
    const int32_t outer = batch / g->batches[2];
    return outer / g->batches[1] * stride[0] + outer % g->batches[1] * stride[1] + inner * stride[2];
}
