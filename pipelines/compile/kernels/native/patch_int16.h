/* int16 values ready for multiplication, in groups of four that are `stride` values apart, filled up with zeros. */
typedef struct {
    int16_t *values;
    int32_t stride;
    int32_t count;
} patch_int16;

static inline void append_int16(patch_int16 *patch, const int16_t *values, int32_t count)
{
    int32_t i = 0;
    if ((patch->count & 3) == 0) {
        int16_t *group = patch->values + (patch->count >> 2) * patch->stride;
        for (; i + 4 <= count; i += 4, group += patch->stride) {
            memcpy(group, values + i, 4 * sizeof *group);
        }
        patch->count += i;
    }
    for (; i < count; ++i, ++patch->count) {
        patch->values[(patch->count >> 2) * patch->stride + (patch->count & 3)] = values[i];
    }
}

static inline void append_zeros_int16(patch_int16 *patch, int32_t count)
{
    for (int32_t i = 0; i < count; ++i, ++patch->count) {
        patch->values[(patch->count >> 2) * patch->stride + (patch->count & 3)] = 0;
    }
}
