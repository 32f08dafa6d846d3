/* CAST of int8 to int32. */
static void cast_int8_to_int32(int32_t size, const int8_t *input, int32_t *output)
{
    for (int32_t i = 0; i < size; ++i) {
        output[i] = (int32_t)input[i];
    }
}
