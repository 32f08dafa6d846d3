#include "thimble_fft.h"

#ifdef __cplusplus
#define restrict __restrict
#endif

/*
 * One butterfly of four. The four inputs are `step` apart in `in`; the four outputs `stride` apart in `out`.
 * `half` is the distance from a real to its imaginary part in both.
 */
#define BUTTERFLY(in, step, out, stride)                                                             \
    do {                                                                                             \
        const float sum_re = (in)[0] + (in)[2 * (step)];                                             \
        const float sum_im = (in)[half] + (in)[half + 2 * (step)];                                   \
        const float difference_re = (in)[0] - (in)[2 * (step)];                                      \
        const float difference_im = (in)[half] - (in)[half + 2 * (step)];                            \
        const float other_sum_re = (in)[(step)] + (in)[3 * (step)];                                  \
        const float other_sum_im = (in)[half + (step)] + (in)[half + 3 * (step)];                    \
        const float other_difference_re = (in)[(step)] - (in)[3 * (step)];                           \
        const float other_difference_im = (in)[half + (step)] - (in)[half + 3 * (step)];             \
        const float first_re = difference_re + other_difference_im;                                  \
        const float first_im = difference_im - other_difference_re;                                  \
        const float second_re = sum_re - other_sum_re;                                               \
        const float second_im = sum_im - other_sum_im;                                               \
        const float third_re = difference_re - other_difference_im;                                  \
        const float third_im = difference_im + other_difference_re;                                  \
        (out)[0] = sum_re + other_sum_re;                                                            \
        (out)[half] = sum_im + other_sum_im;                                                         \
        (out)[(stride)] = first_re * w1_re - first_im * w1_im;                                       \
        (out)[half + (stride)] = first_re * w1_im + first_im * w1_re;                                \
        (out)[2 * (stride)] = second_re * w2_re - second_im * w2_im;                                 \
        (out)[half + 2 * (stride)] = second_re * w2_im + second_im * w2_re;                          \
        (out)[3 * (stride)] = third_re * w3_re - third_im * w3_im;                                   \
        (out)[half + 3 * (stride)] = third_re * w3_im + third_im * w3_re;                            \
    } while (0)

#define LOAD_TWIDDLES(twiddles, j, quarter)                                                          \
    const float w1_re = (twiddles)[(j)];                                                             \
    const float w1_im = (twiddles)[(quarter) + (j)];                                                 \
    const float w2_re = (twiddles)[2 * (quarter) + (j)];                                             \
    const float w2_im = (twiddles)[3 * (quarter) + (j)];                                             \
    const float w3_re = (twiddles)[4 * (quarter) + (j)];                                             \
    const float w3_im = (twiddles)[5 * (quarter) + (j)]

/* The first step: one transform of `half` points. */
static void first_step(THIMBLE_CONST float *restrict twiddles, int32_t half, const float *restrict in,
                       float *restrict out)
{
    const int32_t quarter = half / 4;
    int32_t j;
    for (j = 0; j < quarter; j++) {
        LOAD_TWIDDLES(twiddles, j, quarter);
        BUTTERFLY(in + j, quarter, out + 4 * j, 1);
    }
}

/* A later step of four: `stride` interleaved transforms of `points` points, `stride` a multiple of four. */
static void step_of_four(THIMBLE_CONST float *restrict twiddles, int32_t half, int32_t points, int32_t stride,
                         const float *restrict in, float *restrict out)
{
    const int32_t quarter = points / 4;
    int32_t j;
    int32_t q;
    int32_t lane;
    for (j = 0; j < quarter; j++) {
        LOAD_TWIDDLES(twiddles, j, quarter);
        for (q = 0; q < stride; q += 4) {
            const float *block_in = in + stride * j + q;
            float *block_out = out + 4 * stride * j + q;
            for (lane = 0; lane < 4; lane++) {
                BUTTERFLY(block_in + lane, stride * quarter, block_out + lane, stride);
            }
        }
    }
}

/* The last step where log2(half) is odd: half / 2 interleaved transforms of two points. */
static void step_of_two(int32_t half, const float *restrict in, float *restrict out)
{
    const int32_t stride = half / 2;
    int32_t q;
    for (q = 0; q < stride; q++) {
        out[q] = in[q] + in[q + stride];
        out[half + q] = in[half + q] + in[half + q + stride];
        out[q + stride] = in[q] - in[q + stride];
        out[half + q + stride] = in[half + q] - in[half + q + stride];
    }
}

/*
 * The real spectrum from the complex one, z: with e = (z[k] + conj z[h-k]) / 2 and o = (z[k] - conj z[h-k]) / 2i,
 * X[k] = e + W(k, n) o and X[h-k] = conj(e - W(k, n) o). The halves are left for the end: 1/4 in the power.
 */
static void untangle(THIMBLE_CONST float *restrict twiddles, int32_t half, const float *restrict z,
                     float *restrict power)
{
    THIMBLE_CONST float *w_re = twiddles;
    THIMBLE_CONST float *w_im = twiddles + half / 2 + 1;
    const float first = z[0] + z[half];
    const float last = z[0] - z[half];
    int32_t k;
    for (k = 1; k <= half / 2; k++) {
        const float e_re = z[k] + z[half - k];
        const float e_im = z[half + k] - z[2 * half - k];
        const float o_re = z[half + k] + z[2 * half - k];
        const float o_im = z[half - k] - z[k];
        const float t_re = w_re[k] * o_re - w_im[k] * o_im;
        const float t_im = w_re[k] * o_im + w_im[k] * o_re;
        const float a_re = e_re + t_re;
        const float a_im = e_im + t_im;
        const float b_re = e_re - t_re;
        const float b_im = e_im - t_im;
        power[half - k] = 0.25f * (b_re * b_re + b_im * b_im);
        power[k] = 0.25f * (a_re * a_re + a_im * a_im);
    }
    power[0] = first * first;
    power[half] = last * last;
}

float *thimble_fft_power(const thimble_fft_config *config, float *buffers)
{
    const int32_t half = config->length / 2;
    THIMBLE_CONST float *twiddles = config->twiddles;
    float *from = buffers;
    float *to = buffers + config->length;
    int32_t points;
    int32_t stride = 4;
    float *swap;

    first_step(twiddles, half, from, to);
    twiddles += 6 * (half / 4);
    for (points = half / 4; points >= 4; points /= 4) {
        swap = from;
        from = to;
        to = swap;
        step_of_four(twiddles, half, points, stride, from, to);
        twiddles += 6 * (points / 4);
        stride *= 4;
    }
    if (points == 2) {
        swap = from;
        from = to;
        to = swap;
        step_of_two(half, from, to);
    }
    untangle(twiddles, half, to, from);
    return from;
}
