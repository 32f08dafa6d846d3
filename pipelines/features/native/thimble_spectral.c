#include "thimble_spectral.h"

#include <float.h>

#include "thimble_math.h"

#ifdef __cplusplus
#define restrict __restrict
#endif

#define LANES 8
#define CONSTANT_VARIANCE 1e-14f
#define DB_PER_LOG2 3.01029996f

typedef struct {
    float second;
    float third;
    float fourth;
} central_moments;

/* 2^exponent, for exponents from -126 to 127. */
static float power_of_two(int32_t exponent)
{
    return thimble_float_of((uint32_t)(exponent + 127) << 23);
}

/*
 * Copies a channel, times a power of two that brings its greatest magnitude near 1, so that no square or fourth
 * power leaves the range of a float. Returns the exponent that takes the scaling back.
 */
static int32_t load_channel(const float *restrict samples, int32_t stride, int32_t length, float *restrict x)
{
    uint32_t greatest = 0;
    int32_t exponent;
    float scale;
    int32_t i;
    for (i = 0; i < length; i++) {
        /* magnitudes of floats are ordered as their bits are */
        const uint32_t bits = thimble_bits_of(samples[i * stride]) & 0x7fffffffu;
        x[i] = samples[i * stride];
        greatest = bits > greatest ? bits : greatest;
    }
    exponent = (int32_t)(greatest >> 23) - 126;
    exponent = exponent < -100 ? -100 : exponent;
    exponent = exponent > 126 ? 126 : exponent;
    scale = power_of_two(-exponent);
    for (i = 0; i < length; i++) {
        x[i] *= scale;
    }
    return exponent;
}

static void subtract(float *x, int32_t length, float value)
{
    int32_t i;
    for (i = 0; i < length; i++) {
        x[i] -= value;
    }
}

/* Twice: the first mean is rounded to the size of the samples, the second to the size of what is left of them. */
static void subtract_mean(float *x, int32_t length)
{
    subtract(x, length, thimble_sum(x, length) / (float)length);
    subtract(x, length, thimble_sum(x, length) / (float)length);
}

static central_moments moments_of(const float *x, int32_t length)
{
    float seconds[LANES] = {0.0f};
    float thirds[LANES] = {0.0f};
    float fourths[LANES] = {0.0f};
    central_moments moments;
    int32_t i = 0;
    int32_t lane;
    for (; i + LANES <= length; i += LANES) {
        for (lane = 0; lane < LANES; lane++) {
            const float square = x[i + lane] * x[i + lane];
            seconds[lane] += square;
            thirds[lane] += square * x[i + lane];
            fourths[lane] += square * square;
        }
    }
    for (lane = 0; i < length; i++, lane++) {
        const float square = x[i] * x[i];
        seconds[lane] += square;
        thirds[lane] += square * x[i];
        fourths[lane] += square * square;
    }
    moments.second = thimble_sum(seconds, LANES) / (float)length;
    moments.third = thimble_sum(thirds, LANES) / (float)length;
    moments.fourth = thimble_sum(fourths, LANES) / (float)length;
    return moments;
}

/* The sections one after another, each from rest; see the header for the structure. */
static void apply_filter(const thimble_spectral_config *config, float *x)
{
    THIMBLE_CONST float *section = config->filter;
    int32_t s;
    int32_t i;
    for (s = 0; s < config->filter_sections; s++) {
        const float a1 = section[0];
        const float a2 = section[1];
        const float a3 = section[2];
        const float k = section[3];
        float band_state = 0.0f;
        float low_state = 0.0f;
        for (i = 0; i < config->length; i++) {
            const float input = x[i];
            const float error = input - low_state;
            const float band = a1 * band_state + a2 * error;
            const float low = low_state + (a2 * band_state + a3 * error);
            band_state = 2.0f * band - band_state;
            low_state = 2.0f * low - low_state;
            x[i] = config->filter_is_high_pass ? (input - low) - k * band : low;
        }
        section += 4;
    }
}

/* The average over the segments of the one-sided power spectrum, fft.length / 2 + 1 bins. */
static void welch(const thimble_spectral_config *config, const float *restrict x, float *restrict power,
                  float *restrict buffers)
{
    const int32_t half = config->fft.length / 2;
    const int32_t length = config->segment_length;
    THIMBLE_CONST float *taper = config->taper;
    int32_t segment;
    int32_t i;
    for (segment = 0; segment < config->segment_count; segment++) {
        const float *spectrum;
        for (i = 0; i < length / 2; i++) {
            buffers[i] = x[2 * i] * taper[2 * i];
            buffers[half + i] = x[2 * i + 1] * taper[2 * i + 1];
        }
        if (length % 2 != 0) {
            buffers[i] = x[2 * i] * taper[2 * i];
            buffers[half + i] = 0.0f;
            i++;
        }
        for (; i < half; i++) {
            buffers[i] = 0.0f;
            buffers[half + i] = 0.0f;
        }
        spectrum = thimble_fft_power(&config->fft, buffers);
        for (i = 0; i <= half; i++) {
            power[i] = segment == 0 ? spectrum[i] : power[i] + spectrum[i];
        }
        x += config->segment_stride;
    }
    /* The taper counts every bin twice, for its mirror image; these two have none. */
    power[0] *= 0.5f;
    power[half] *= 0.5f;
}

/* A power of the scaled channel in dB of the unscaled one, not below the floor. */
static float decibels(const thimble_spectral_config *config, float power, int32_t exponent)
{
    const float value = thimble_log2f(power) + (float)(2 * exponent);
    return (power > 0.0f && value > config->floor_log2 ? value : config->floor_log2) * DB_PER_LOG2;
}

/* Writes the peaks, (frequency, dB) each, highest first. */
static void find_peaks(const thimble_spectral_config *config, const float *power, int32_t exponent, float *peaks)
{
    int32_t found = 0;
    int32_t bin;
    int32_t place;
    for (bin = 1; bin < config->fft.length / 2; bin++) {
        if (!(power[bin] > power[bin - 1] && power[bin] >= power[bin + 1])) {
            continue;
        }
        place = found < config->peak_count ? found++ : config->peak_count;
        for (; place > 0 && peaks[2 * place - 1] < power[bin]; place--) {
            if (place < config->peak_count) {
                peaks[2 * place] = peaks[2 * place - 2];
                peaks[2 * place + 1] = peaks[2 * place - 1];
            }
        }
        if (place < config->peak_count) {
            peaks[2 * place] = (float)bin * config->bin_hz;
            peaks[2 * place + 1] = power[bin];
        }
    }
    for (place = 0; place < found; place++) {
        peaks[2 * place + 1] = decibels(config, peaks[2 * place + 1], exponent);
    }
    for (; place < config->peak_count; place++) {
        peaks[2 * place] = 0.0f;
        peaks[2 * place + 1] = decibels(config, 0.0f, exponent);
    }
}

static void write_moments(central_moments moments, int32_t exponent, float *features)
{
    const float deviation = thimble_sqrtf(moments.second);
    const float rms = deviation * power_of_two(exponent);
    features[0] = rms > FLT_MAX ? FLT_MAX : rms;
    if (moments.second > CONSTANT_VARIANCE) {
        features[1] = moments.third / (moments.second * deviation);
        features[2] = moments.fourth / (moments.second * moments.second) - 3.0f;
    } else {
        features[1] = 0.0f;
        features[2] = 0.0f;
    }
}

static void one_channel(const thimble_spectral_config *config, const float *samples, float *features, float *scratch)
{
    float *x = scratch;
    float *power = x + config->length;
    float *buffers = power + config->fft.length / 2 + 1;
    const int32_t exponent = load_channel(samples, config->input_channels, config->length, x);
    central_moments moments;
    int32_t band;
    int32_t i;

    subtract_mean(x, config->length);
    moments = moments_of(x, config->length);
    if (moments.second <= CONSTANT_VARIANCE) {
        for (i = 0; i < config->length; i++) {
            x[i] = 0.0f;
        }
        moments.second = 0.0f;
    } else if (config->filter_sections > 0) {
        apply_filter(config, x);
        subtract_mean(x, config->length);
        moments = moments_of(x, config->length);
    }
    write_moments(moments, exponent, features);
    welch(config, x, power, buffers);
    for (band = 0; band < config->band_count; band++) {
        float sum = 0.0f;
        for (i = config->band_edges[band]; i < config->band_edges[band + 1]; i++) {
            sum += power[i];
        }
        features[3 + band] = decibels(config, sum, exponent);
    }
    find_peaks(config, power, exponent, features + 3 + config->band_count);
}

void thimble_spectral(const thimble_spectral_config *config, const float *window, float *features, float *scratch)
{
    int32_t c;
    for (c = 0; c < config->channel_count; c++) {
        one_channel(config, window + config->channels[c], features, scratch);
        features += 3 + config->band_count + 2 * config->peak_count;
    }
}
