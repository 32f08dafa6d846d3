/* int8 values widened for multiplication, in groups of four that are `stride` values apart. */
typedef struct {
    int16_t *values;
    int32_t stride;
    int32_t count;
} patch_of_int8;

static inline void append_int8(patch_of_int8 *patch, const int8_t *values, int32_t count)
{
    int32_t i = 0;
    if ((patch->count & 3) == 0) {
        int16_t *group = patch->values + (patch->count >> 2) * patch->stride;
        for (; i + 4 <= count; i += 4, group += patch->stride) {
            group[0] = values[i];
            group[1] = values[i + 1];
            group[2] = values[i + 2];
            group[3] = values[i + 3];
        }
        patch->count += i;
    }
    for (; i < count; ++i, ++patch->count) {
        patch->values[(patch->count >> 2) * patch->stride + (patch->count & 3)] = values[i];
    }
}

static inline void append_same_int8(patch_of_int8 *patch, int32_t value, int32_t count)
{
    for (int32_t i = 0; i < count; ++i, ++patch->count) {
        patch->values[(patch->count >> 2) * patch->stride + (patch->count & 3)] = (int16_t)value;
    }
}
