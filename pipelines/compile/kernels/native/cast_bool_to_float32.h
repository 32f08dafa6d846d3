/* CAST of bool to float32. */
static void cast_bool_to_float32(int32_t size, const uint8_t *input, float *output)
{
    for (int32_t i = 0; i < size; ++i) {
        output[i] = (float)input[i];
    }
}
