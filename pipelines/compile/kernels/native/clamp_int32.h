static inline int32_t clamp_int32(int32_t value, int32_t least, int32_t greatest)
{
    const int32_t at_least = value < least ? least : value;
    return at_least > greatest ? greatest : at_least;
}
