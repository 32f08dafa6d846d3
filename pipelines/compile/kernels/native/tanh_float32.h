#include "expm1_float32.h"

/* tanh(x) = t / (t + 2) with t = exp(2 |x|) - 1, and the sign of x; 1 in float32 from |x| = 9.02 on. */
static inline float tanh_float32(float x)
{
    const float magnitude = x < 0.0f ? -x : x;
    const float t = expm1_float32(magnitude < 10.0f ? 2.0f * magnitude : 20.0f);
    const float result = t / (t + 2.0f);
    return x == x ? (x < 0.0f ? -result : result) : x;
}
