#include "thimble_math.h"

#include <float.h>

#define SUM_LANES 8

/*
 * The mantissa, shifted to 49 or 50 bits, has an integer root of 25 bits: 24 for the result and one to round by.
 * The root of a 24-bit number never lies half-way between two floats, so that this bit alone decides.
 */
float thimble_sqrtf(float x)
{
    int32_t exponent = 0;
    uint32_t bits;
    uint64_t rest;
    uint64_t root = 0;
    uint64_t bit;

    if (!(x > 0.0f)) {
        return 0.0f;
    }
    if (x > FLT_MAX) {
        return x;
    }
    if (x < FLT_MIN) { /* subnormal: make it normal, exactly */
        x *= 16777216.0f;
        exponent = -24;
    }
    bits = thimble_bits_of(x);
    exponent += (int32_t)(bits >> 23) - 127;
    rest = (uint64_t)((bits & 0x7fffffu) | 0x800000u) << 25;
    if ((exponent & 1) != 0) {
        rest <<= 1;
        exponent -= 1;
    }
    for (bit = (uint64_t)1 << 48; bit != 0; bit >>= 2) {
        if (rest >= root + bit) {
            rest -= root + bit;
            root = (root >> 1) + bit;
        } else {
            root >>= 1;
        }
    }
    root = (root + 1) >> 1;
    /* Adding, not or-ing: a root that rounds up to 2^24 carries into the exponent. */
    return thimble_float_of(((uint32_t)(exponent / 2 + 126) << 23) + (uint32_t)root);
}

/*
 * x = 2^e * m with m in [sqrt(1/2), sqrt(2)), and log m = 2 artanh(s) with s = (m - 1) / (m + 1), |s| < 0.172:
 * the series 2 (s + s^3/3 + s^5/5 + s^7/7 + s^9/9) leaves out less than 1e-9 of it.
 */
static inline float log2_of(float x)
{
    const uint32_t root_half = 0x3f3504f3u;
    uint32_t bits;
    float exponent;
    float t;
    float s;
    float square;
    float series;

    x = x < FLT_MIN ? FLT_MIN : x;
    bits = thimble_bits_of(x) + (0x3f800000u - root_half);
    exponent = (float)((int32_t)(bits >> 23) - 127);
    t = thimble_float_of((bits & 0x7fffffu) + root_half) - 1.0f;
    s = t / (t + 2.0f);
    square = s * s;
    series = square * (0.961796694f + square * (0.577078016f + square * (0.412198583f + square * 0.320598898f)));
    return exponent + s * (2.88539008f + series);
}

float thimble_log2f(float x)
{
    return log2_of(x);
}

float thimble_logf(float x)
{
    return log2_of(x) * 0.693147181f;
}

/*
 * x = n ln 2 + r with |r| <= ln(2) / 2; e^r by its Taylor series up to r^7 (the rest is below 6e-9), times 2^n in two
 * steps, because 2^128 is no float. ln 2 is split in two so that n times its upper part is exact (Cody and Waite).
 */
float thimble_expf(float x)
{
    int32_t n;
    int32_t half;
    float r;
    float series;

    if (x < -87.3f) {
        return 0.0f;
    }
    if (x > 88.72f) {
        return FLT_MAX;
    }
    n = (int32_t)(x * 1.44269504f + 128.5f) - 128;
    r = x - (float)n * 0.693145752f;
    r = r - (float)n * 1.42860677e-6f;
    series = 0.00138888889f + r * 0.000198412698f;
    series = 0.0416666667f + r * (0.00833333333f + r * series);
    series = 1.0f + r * (1.0f + r * (0.5f + r * (0.166666667f + r * series)));
    half = n / 2;
    series *= thimble_float_of((uint32_t)(half + 127) << 23);
    return series * thimble_float_of((uint32_t)(n - half + 127) << 23);
}

void thimble_log2_array(float *values, int32_t count)
{
    int32_t i;
    for (i = 0; i < count; i++) {
        values[i] = log2_of(values[i]);
    }
}

float thimble_sum(const float *values, int32_t count)
{
    float lanes[SUM_LANES] = {0.0f};
    int32_t i = 0;
    int32_t lane;

    for (; i + SUM_LANES <= count; i += SUM_LANES) {
        for (lane = 0; lane < SUM_LANES; lane++) {
            lanes[lane] += values[i + lane];
        }
    }
    for (lane = 0; i < count; i++, lane++) {
        lanes[lane] += values[i];
    }
    return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}
