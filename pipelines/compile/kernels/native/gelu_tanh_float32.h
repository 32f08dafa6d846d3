#include "tanh_float32.h"

/* The approximation of GELU by tanh: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
static inline float gelu_tanh_float32(float x)
{
    return 0.5f * x * (1.0f + tanh_float32(0.797884561f * (x + 0.044715f * x * x * x)));
}
