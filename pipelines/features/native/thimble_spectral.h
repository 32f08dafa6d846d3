/*
 * thimble_spectral: statistics and spectrum of slow signals, such as motion or vibration.
 *
 * For each channel: subtract the mean; filter (Butterworth, low- or high-pass); subtract the mean again; then
 * RMS, skewness, excess kurtosis, the power in each frequency band, and the highest peaks of the spectrum.
 */
#ifndef THIMBLE_SPECTRAL_H
#define THIMBLE_SPECTRAL_H

#include <stdint.h>

#include "thimble_fft.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t length;           /* samples a window and channel */
    int32_t input_channels;   /* channels of the whole input */
    int32_t channel_count;    /* channels that this block reads */
    THIMBLE_CONST uint16_t *channels; /* [channel_count]: which, each below input_channels */
    int32_t filter_is_high_pass;
    int32_t filter_sections; /* second-order sections, 0 for no filter */
    /*
     * [filter_sections][4]: a1, a2, a3, k of each section, a trapezoidal state-variable filter: with
     * g = tan(pi * cutoff / rate) and k = 1 / Q, a1 = 1 / (1 + g (g + k)), a2 = g a1, a3 = g a2.
     */
    THIMBLE_CONST float *filter;
    thimble_fft_config fft;
    int32_t segment_count;  /* stretches of the window whose power spectra are averaged (Welch) */
    int32_t segment_length; /* samples in each; not above fft.length, zeros follow */
    int32_t segment_stride; /* samples from the start of one to the next */
    /* [segment_length]: weights, scaled so that the bins' powers add up to the variance */
    THIMBLE_CONST float *taper;
    int32_t band_count;
    /* [band_count + 1]: band i holds the bins band_edges[i] to band_edges[i + 1] - 1 */
    THIMBLE_CONST uint16_t *band_edges;
    int32_t peak_count;
    float bin_hz;     /* distance of two bins */
    float floor_log2; /* log2 of the power that smaller powers count as */
} thimble_spectral_config;

/*
 * window:   [length][input_channels], finite. Read only.
 * features: [channel_count][3 + band_count + 2 * peak_count], written; all finite:
 *           RMS; skewness; excess kurtosis; the power of each band in dB; for each peak, highest first, its frequency
 *           in Hz and its power in dB, or 0 Hz and the floor where there are fewer peaks.
 *           A channel whose standard deviation is below 1e-7 of its greatest magnitude counts as all zeros.
 * scratch:  length + fft.length / 2 + 1 + 2 * fft.length floats, overwritten. The three must not overlap.
 */
void thimble_spectral(const thimble_spectral_config *config, const float *window, float *features, float *scratch);

#ifdef __cplusplus
}
#endif

#endif
