#include "clamp_float32.h"

/* CAST of float32 to int32: truncated; what is too large saturates, and what is not a number is 0. */
static void cast_float32_to_int32(int32_t size, const float *input, int32_t *output)
{
    for (int32_t i = 0; i < size; ++i) {
        const float whole = input[i] == input[i] ? input[i] : 0.0f;
        output[i] = (int32_t)clamp_float32(whole, -2147483648.0f, 2147483520.0f);
    }
}
