typedef struct {
    int32_t batches;
    int32_t outer;
    int32_t positions;
    int32_t axis_size;
    int32_t block_bytes;
} gather_parameters;

/* GATHER: from [batches][outer][axis_size] blocks, those at the positions [batches][positions]. Positions beyond the
 * axis, for which no result is defined, take its nearest end. */
static void gather(const gather_parameters *p, const void *input, const int32_t *positions, void *output)
{
    const uint8_t *from = (const uint8_t *)input;
    uint8_t *to = (uint8_t *)output;
    for (int32_t batch = 0; batch < p->batches; ++batch) {
        for (int32_t row = 0; row < p->outer; ++row) {
            for (int32_t i = 0; i < p->positions; ++i) {
                const int32_t at_least = positions[i] < 0 ? 0 : positions[i];
                const int32_t position = at_least < p->axis_size ? at_least : p->axis_size - 1;
                memcpy(to, from + position * p->block_bytes, (size_t)p->block_bytes);
                to += p->block_bytes;
            }
            from += p->axis_size * p->block_bytes;
        }
        positions += p->positions;
    }
}
