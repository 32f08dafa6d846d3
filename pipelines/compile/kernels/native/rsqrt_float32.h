/* 1 / sqrt(x) to within 2 units in the last place, without libm, so that every machine computes the same: Newton's
 * iteration from a first guess that halves the exponent. */
static inline float rsqrt_float32(float x)
{
    uint32_t bits;
    float guess, scale = 1.0f;
    if (!(x > 0.0f) || x > 3.4e38f) {
        /* 0 gives infinity, infinity gives 0; what is negative or not a number is not a number. */
        return x == 0.0f ? 1.0f / (x * x) : (x > 0.0f ? 0.0f : (x - x) / (x - x));
    }
    if (x < 1.2e-38f) {
        x = x * 16777216.0f; /* not a normal number */
        scale = 4096.0f;
    }
    memcpy(&bits, &x, sizeof bits);
    bits = 0x5f375a86u - (bits >> 1);
    memcpy(&guess, &bits, sizeof guess);
    for (int32_t i = 0; i < 4; ++i) {
        guess = guess * (1.5f - 0.5f * x * guess * guess);
    }
    return guess * scale;
}
