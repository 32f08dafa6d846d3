/* Copy blocks of bytes that lie next to each other to places that are output_step bytes apart. */
static void copy_blocks(int32_t count, int32_t bytes, int32_t output_step, const void *input, void *output)
{
    const uint8_t *from = (const uint8_t *)input;
    uint8_t *to = (uint8_t *)output;
    for (int32_t i = 0; i < count; ++i) {
        memcpy(to, from, (size_t)bytes);
        from += bytes;
        to += output_step;
    }
}
