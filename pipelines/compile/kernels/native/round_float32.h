/* The nearest integer, halves away from zero; |value| must be below 2^31. */
static inline int32_t round_float32(float value)
{
    const int32_t whole = (int32_t)value;
    const float rest = value - (float)whole;
    return whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
}
