#include "clamp_float32.h"

/* CAST of float32 to int64: truncated; what is too large saturates, and what is not a number is 0. */
static void cast_float32_to_int64(int32_t size, const float *input, int64_t *output)
{
    for (int32_t i = 0; i < size; ++i) {
        const float whole = input[i] == input[i] ? input[i] : 0.0f;
        output[i] = (int64_t)clamp_float32(whole, -9223372036854775808.0f, 9223371487098961920.0f);
    }
}
