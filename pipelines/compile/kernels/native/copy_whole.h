/* Copy bytes that lie together. */
static void copy_whole(int32_t bytes, const void *input, void *output)
{
    memcpy(output, input, (size_t)bytes);
}
