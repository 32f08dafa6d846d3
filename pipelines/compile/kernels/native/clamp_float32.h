static inline float clamp_float32(float value, float least, float greatest)
{
    const float at_least = value < least ? least : value;
    return at_least > greatest ? greatest : at_least;
}
