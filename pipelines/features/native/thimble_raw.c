#include "thimble_raw.h"

#include <float.h>

void thimble_raw(const thimble_raw_config *config, const float *window, float *features, float *scratch)
{
    int32_t sample;
    int32_t c;
    (void)scratch;
    for (sample = 0; sample < config->length; sample++) {
        for (c = 0; c < config->channel_count; c++) {
            float value = window[config->channels[c]] * config->scale;
            value = value > FLT_MAX ? FLT_MAX : value;
            features[c] = value < -FLT_MAX ? -FLT_MAX : value;
        }
        window += config->input_channels;
        features += config->channel_count;
    }
}
