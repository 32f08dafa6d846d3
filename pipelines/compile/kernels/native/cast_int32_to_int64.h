/* CAST of int32 to int64. */
static void cast_int32_to_int64(int32_t size, const int32_t *input, int64_t *output)
{
    for (int32_t i = 0; i < size; ++i) {
        output[i] = (int64_t)input[i];
    }
}
