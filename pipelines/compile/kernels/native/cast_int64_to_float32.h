/* CAST of int64 to float32. */
static void cast_int64_to_float32(int32_t size, const int64_t *input, float *output)
{
    for (int32_t i = 0; i < size; ++i) {
        output[i] = (float)input[i];
    }
}
