/*
 * thimble_mfe: log mel filterbank energies, the usual features of sound.
 *
 * Each frame of the window is weighted, transformed, and its power spectrum summed by triangular filters that are
 * evenly spaced on the mel scale; the energies are given in logarithmic steps above a noise floor.
 */
#ifndef THIMBLE_MFE_H
#define THIMBLE_MFE_H

#include <stdint.h>

#include "thimble_fft.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t input_channels;   /* channels of the whole input */
    int32_t channel_count;    /* channels that this block reads */
    THIMBLE_CONST uint16_t *channels; /* [channel_count]: which, each below input_channels */
    int32_t frame_count;      /* frames a window */
    int32_t frame_length;     /* samples a frame; may be above or below fft.length */
    int32_t frame_stride;     /* samples from the start of one frame to the next */
    THIMBLE_CONST float *taper;       /* [frame_length]: what the samples of a frame are multiplied by */
    thimble_fft_config fft;
    int32_t filter_count;
    THIMBLE_CONST uint16_t *filter_start; /* [filter_count]: the first bin of each filter */
    THIMBLE_CONST uint16_t *filter_size;  /* [filter_count]: how many bins it has */
    THIMBLE_CONST float *filter_weights;  /* [sum of filter_size]: their weights, filter after filter */
    float floor_log2;             /* the noise floor: log2 of the energy that becomes 0 */
    float gain;                   /* feature units per factor of two in energy */
} thimble_mfe_config;

/*
 * window:   [samples][input_channels], samples >= (frame_count - 1) * frame_stride + frame_length, finite. Read only.
 * features: [frame_count][channel_count][filter_count], written:
 *           max(0, (log2(energy) - floor_log2) * gain), finite whatever the samples are.
 * scratch:  2 * fft.length floats, overwritten. The three must not overlap.
 *
 * Where a frame is shorter than the transform it is followed by zeros; where it is longer, what lies beyond
 * fft.length is added onto its beginning, which gives the whole frame's spectrum at fft.length / 2 + 1 frequencies.
 */
void thimble_mfe(const thimble_mfe_config *config, const float *window, float *features, float *scratch);

#ifdef __cplusplus
}
#endif

#endif
