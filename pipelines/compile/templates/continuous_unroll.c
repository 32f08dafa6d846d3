/* A ring of so many values, from the oldest on, as a plain array. */
static void unroll(const float *ring, int32_t size, int32_t oldest, float *into)
{
    memcpy(into, ring + oldest, (size_t)(size - oldest) * sizeof ring[0]);
    memcpy(into + (size - oldest), ring, (size_t)oldest * sizeof ring[0]);
}

