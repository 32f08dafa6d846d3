static inline int8_t clamp_int8(int32_t value, int32_t least, int32_t greatest)
{
    const int32_t at_least = value < least ? least : value;
    return (int8_t)(at_least > greatest ? greatest : at_least);
}
