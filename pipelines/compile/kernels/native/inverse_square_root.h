/* 1 / sqrt(value) of an integer as mantissa * 2^(shift - 31). */
typedef struct {
    int32_t mantissa;
    int32_t shift;
} inverse_root;

/* a * b / 2^31, rounded to nearest. */
static inline int32_t high_multiply(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}

static inline int32_t saturated_int32(int64_t value)
{
    return value > INT32_MAX ? INT32_MAX : (value < INT32_MIN ? INT32_MIN : (int32_t)value);
}

/* The reference's GetInvSqrtQuantizedMultiplierExp: the value is shifted by pairs of bits to [1/4, 1), with 3 integer
 * bits, and five steps of Newton's iteration are done from 1. Of 0 the result is that of 1. */
static inline inverse_root inverse_square_root(int32_t value)
{
    inverse_root result = {INT32_MAX, 0};
    int32_t shift = -11;
    int32_t number, half;
    int32_t root = (int32_t)1 << 28;
    if (value <= 1) {
        return result;
    }
    for (; value >= (int32_t)1 << 29; value /= 4) {
        --shift;
    }
    for (; value < (int32_t)1 << 27; value *= 4) {
        ++shift;
    }
    number = value >> 1;
    half = (number >> 1) + (number & 1);
    for (int32_t i = 0; i < 5; ++i) {
        const int32_t square = high_multiply(root, root);
        const int32_t cube = saturated_int32((int64_t)high_multiply(square, root) * 64);
        const int32_t step = high_multiply(3 << 27, root) - high_multiply(half, cube);
        root = saturated_int32((int64_t)step * 8);
    }
    root = high_multiply(root, 1518500250); /* sqrt(1/2) */
    result.mantissa = shift > 0 ? (int32_t)((uint32_t)root << shift) : root;
    result.shift = shift > 0 ? 0 : shift;
    return result;
}
