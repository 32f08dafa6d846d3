/* int4 weights, eight in four bytes: byte i of a group has the value of place i in its upper half and that of place
 * 4 + i in its lower half. Both are taken out times 16, which needs no sign extension. */
static inline int32_t upper_int4_times_16(int8_t byte)
{
    return byte & -16;
}

static inline int32_t lower_int4_times_16(int8_t byte)
{
    return (int8_t)((byte & 15) << 4);
}
