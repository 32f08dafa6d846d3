#include "rsqrt_float32.h"

/* sqrt(x) to within a unit in the last place: x / sqrt(x), and one more step of Newton's iteration. */
static inline float sqrt_float32(float x)
{
    float root;
    const float inverse = rsqrt_float32(x);
    if (!(x > 0.0f) || x > 3.4e38f) {
        return x >= 0.0f ? x : inverse;
    }
    root = x * inverse;
    return root + 0.5f * inverse * (x - root * root);
}
