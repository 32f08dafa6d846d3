/* CAST of int8 to float32. */
static void cast_int8_to_float32(int32_t size, const int8_t *input, float *output)
{
    for (int32_t i = 0; i < size; ++i) {
        output[i] = (float)input[i];
    }
}
