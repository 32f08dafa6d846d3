/*
 * thimble_fft: the power spectrum of real values.
 *
 * A real transform of n points is a complex one of n / 2 points (even samples as real, odd ones as imaginary parts),
 * untangled afterwards. The complex one is Stockham's autosort algorithm in steps of four, with one step of two
 * where log2(n / 2) is odd: it needs no bit reversal, only a second buffer.
 */
#ifndef THIMBLE_FFT_H
#define THIMBLE_FFT_H

#include <stdint.h>

#include "thimble_const.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    /* n: the number of real points, a power of two from 16 to 4096. */
    int32_t length;
    /*
     * Roots of unity W(k, m) = exp(-2 pi i k / m), in the order in which they are used:
     * for each step of four, on m = n/2, n/8, ... points while m >= 4, with j = 0 .. m/4 - 1:
     *     re W(j, m), im W(j, m), re W(2j, m), im W(2j, m), re W(3j, m), im W(3j, m), each m/4 floats;
     * then re W(k, n) and im W(k, n) for k = 0 .. n/4, each n/4 + 1 floats.
     */
    THIMBLE_CONST float *twiddles;
} thimble_fft_config;

/*
 * The power spectrum |X[k]|^2, k = 0 .. n/2, of n real values x.
 *
 * buffers: 2 n floats, all overwritten. The caller has put x[0], x[2], ... into buffers[0 .. n/2)
 *     and x[1], x[3], ... into buffers[n/2 .. n).
 * Returns a pointer to the n/2 + 1 powers; they lie somewhere in buffers.
 */
float *thimble_fft_power(const thimble_fft_config *config, float *buffers);

#ifdef __cplusplus
}
#endif

#endif
