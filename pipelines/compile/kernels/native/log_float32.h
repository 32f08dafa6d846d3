/* The natural logarithm to within 2 units in the last place, without libm, so that every machine computes the same.
 * x = 2^n m with m in [sqrt(1/2), sqrt(2)), and log m = 2 artanh(s) with s = (m - 1) / (m + 1), of which the series
 * up to s^9 has an error below 2^-28. */
static inline float log_float32(float x)
{
    uint32_t bits;
    float m, s, square, series, n_rounded;
    int32_t n = 0;
    if (!(x > 0.0f) || x > 3.4e38f) {
        /* 0 gives minus infinity, infinity itself; what is negative or not a number is not a number. */
        return x == 0.0f ? -1.0f / (x * x) : (x > 0.0f ? x : (x - x) / (x - x));
    }
    if (x < 1.2e-38f) {
        x = x * 16777216.0f; /* not a normal number */
        n = -24;
    }
    memcpy(&bits, &x, sizeof bits);
    n += (int32_t)(bits >> 23) - 127;
    bits = (bits & 0x007fffffu) | 0x3f800000u;
    memcpy(&m, &bits, sizeof m);
    if (m > 1.41421356f) {
        m = 0.5f * m;
        ++n;
    }
    s = (m - 1.0f) / (m + 1.0f);
    square = s * s;
    series = 2.0f / 9.0f;
    series = series * square + 2.0f / 7.0f;
    series = series * square + 2.0f / 5.0f;
    series = series * square + 2.0f / 3.0f;
    n_rounded = (float)n;
    return n_rounded * 0.693359375f + (2.0f * s + (series * square * s - n_rounded * 2.12194440e-4f));
}
