#include "exp_float32.h"

/* erfc(x), the complement of the error function: near 0 by the Taylor series of erf, whose coefficients are
 * 2 / sqrt(pi) (-1)^n / (n! (2n + 1)); beyond by exp(-x^2) t P(t) with t = 1 / (1 + 0.4 |x|), where P is the polynomial
 * of least squares of the relative error, which stays below 5e-8. */
static inline float erfc_float32(float x)
{
    const float magnitude = x < 0.0f ? -x : x;
    const float square = magnitude * magnitude;
    float t, result;
    if (!(magnitude > 1.0f)) {
        result = -1.48092e-8f;
        result = result * square + 1.63658e-7f;
        result = result * square - 1.64627e-6f;
        result = result * square + 1.49256e-5f;
        result = result * square - 1.20553e-4f;
        result = result * square + 8.54833e-4f;
        result = result * square - 5.22397763e-3f;
        result = result * square + 2.68661706e-2f;
        result = result * square - 0.112837917f;
        result = result * square + 0.376126389f;
        result = (1.12837917f - result * square) * x;
        return 1.0f - result;
    }
    t = 1.0f / (1.0f + 0.4f * magnitude);
    result = -0.116645969f;
    result = result * t + 0.24458085f;
    result = result * t + 7.272636e-3f;
    result = result * t + 0.213564783f;
    result = result * t + 0.19863838f;
    result = result * t + 0.226713181f;
    result = result * t + 0.225625843f;
    result = result * t * exp_float32(-square);
    return x < 0.0f ? 2.0f - result : result;
}
