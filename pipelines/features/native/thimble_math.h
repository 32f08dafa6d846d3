/*
 * thimble_math: the few elementary functions that feature blocks and models need.
 *
 * They use no libm and nothing but IEEE 754 binary32 additions, multiplications and
 * divisions and 32- and 64-bit integers, so that a server, a browser and a device without
 * a floating-point unit compute the same bits. Compile with -ffp-contract=off and without
 * -ffast-math. Nothing here allocates, fails or keeps state.
 */
#ifndef THIMBLE_MATH_H
#define THIMBLE_MATH_H

#include <stdint.h>

#if defined(__GNUC__)
#define THIMBLE_MEMCPY __builtin_memcpy /* also where there is no C library */
#else
#include <string.h>
#define THIMBLE_MEMCPY memcpy
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The bits of a float. */
static inline uint32_t thimble_bits_of(float x)
{
    uint32_t bits;
    THIMBLE_MEMCPY(&bits, &x, sizeof bits);
    return bits;
}

/* The float of these bits. */
static inline float thimble_float_of(uint32_t bits)
{
    float x;
    THIMBLE_MEMCPY(&x, &bits, sizeof x);
    return x;
}

/* The square root of x, correctly rounded (equal to IEEE sqrt); 0 for x <= 0; x itself for infinity. */
float thimble_sqrtf(float x);

/* The base-2 logarithm of x, within 2e-7 relative or 4e-8 absolute; x below 2^-126 counts as 2^-126. Finite x only. */
float thimble_log2f(float x);

/* The natural logarithm of x: thimble_log2f times ln 2. */
float thimble_logf(float x);

/* e to the power x, within 2e-7 relative; 0 below -87.3 and the greatest float above 88.72. */
float thimble_expf(float x);

/* Replaces values[0..count) by their base-2 logarithms, as thimble_log2f does one by one. */
void thimble_log2_array(float *values, int32_t count);

/* The sum of values[0..count), in a fixed order of addition (eight interleaved partial sums). */
float thimble_sum(const float *values, int32_t count);

#ifdef __cplusplus
}
#endif

#endif
