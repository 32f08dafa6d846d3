/* 0, 1 or 2 where a is less than, equal to or greater than b. */
static inline int32_t order_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b) + 1;
}
