/*
 * thimble_raw: the samples themselves, scaled.
 */
#ifndef THIMBLE_RAW_H
#define THIMBLE_RAW_H

#include <stdint.h>

#include "thimble_const.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int32_t length;           /* samples a window and channel */
    int32_t input_channels;   /* channels of the whole input */
    int32_t channel_count;    /* channels that this block reads */
    THIMBLE_CONST uint16_t *channels; /* [channel_count]: which, each below input_channels */
    float scale;              /* what every sample is multiplied by */
} thimble_raw_config;

/*
 * window:   [length][input_channels], finite. Read only.
 * features: [length][channel_count], written: sample * scale, limited to what a float can hold.
 * scratch:  not used; may be null.
 */
void thimble_raw(const thimble_raw_config *config, const float *window, float *features, float *scratch);

#ifdef __cplusplus
}
#endif

#endif
