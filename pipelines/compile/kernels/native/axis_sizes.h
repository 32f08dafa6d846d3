/* A tensor as [outer][axis][inner]. */
typedef struct {
    int32_t outer;
    int32_t axis;
    int32_t inner;
} axis_sizes;
