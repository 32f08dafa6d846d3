/* exp(x) to within 2 units in the last place, without libm, so that every machine computes the same.
 * x = n ln 2 + r with |r| <= ln 2 / 2; exp(r) is its Taylor polynomial of degree 7, whose error is
 * below 2^-27; ln 2 is split in two so that n ln 2 is subtracted without rounding. */
static float exp_float32(float x)
{
    float n_rounded, r, result;
    uint32_t power_bits[2];
    float power[2];
    int32_t n, half;
    if (!(x > -104.0f)) {
        return x <= -104.0f ? 0.0f : x; /* underflow, or not a number */
    }
    if (x > 88.8f) {
        x = 88.8f; /* overflows to infinity below */
    }
    n = (int32_t)(x * 1.44269504f + (x < 0.0f ? -0.5f : 0.5f));
    n_rounded = (float)n;
    r = (x - n_rounded * 0.693359375f) + n_rounded * 2.12194440e-4f;
    result = 1.0f / 5040.0f;
    result = result * r + 1.0f / 720.0f;
    result = result * r + 1.0f / 120.0f;
    result = result * r + 1.0f / 24.0f;
    result = result * r + 1.0f / 6.0f;
    result = result * r + 0.5f;
    result = result * (r * r) + r;
    result = result + 1.0f;
    /* Scale by 2^n in two steps, because 2^n alone may not be a normal number. */
    half = n / 2;
    power_bits[0] = (uint32_t)(half + 127) << 23;
    power_bits[1] = (uint32_t)(n - half + 127) << 23;
    memcpy(power, power_bits, sizeof power);
    return result * power[0] * power[1];
}
