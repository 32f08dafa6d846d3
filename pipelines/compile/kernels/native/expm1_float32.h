#include "exp_float32.h"

/* exp(x) - 1, without the cancellation that this has near 0: there, its Taylor polynomial of degree 8. */
static inline float expm1_float32(float x)
{
    float result = 1.0f / 40320.0f;
    if (!(x > -0.5f && x < 0.5f)) {
        return exp_float32(x) - 1.0f;
    }
    result = result * x + 1.0f / 5040.0f;
    result = result * x + 1.0f / 720.0f;
    result = result * x + 1.0f / 120.0f;
    result = result * x + 1.0f / 24.0f;
    result = result * x + 1.0f / 6.0f;
    result = result * x + 0.5f;
    return result * (x * x) + x;
}
