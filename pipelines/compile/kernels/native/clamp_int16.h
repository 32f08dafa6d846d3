static inline int16_t clamp_int16(int32_t value, int32_t least, int32_t greatest)
{
    return (int16_t)(value < least ? least : (value > greatest ? greatest : value));
}
