#include "thimble_mfe.h"

#include <float.h>

#include "thimble_math.h"

#ifdef __cplusplus
#define restrict __restrict
#endif

/* 2^-80: keeps the energies of any finite frame within a float; as a factor of the energy it is 2^-160. */
#define SMALL_SCALE 8.27180613e-25f
#define SMALL_SCALE_ENERGY_LOG2 (-160.0f)

/* Writes `count` tapered samples into the even and odd halves of the transform's input. */
static inline void put_samples(const float *restrict samples, int32_t stride, THIMBLE_CONST float *restrict taper,
                               int32_t count, float scale, float *restrict even, float *restrict odd)
{
    int32_t i;
    for (i = 0; i < count / 2; i++) {
        even[i] = samples[2 * i * stride] * scale * taper[2 * i];
        odd[i] = samples[(2 * i + 1) * stride] * scale * taper[2 * i + 1];
    }
    if (count % 2 != 0) {
        even[i] = samples[2 * i * stride] * scale * taper[2 * i];
        odd[i] = 0.0f;
    }
}

/* As put_samples, but adds. */
static inline void add_samples(const float *restrict samples, int32_t stride, THIMBLE_CONST float *restrict taper,
                               int32_t count, float scale, float *restrict even, float *restrict odd)
{
    int32_t i;
    for (i = 0; i < count / 2; i++) {
        even[i] += samples[2 * i * stride] * scale * taper[2 * i];
        odd[i] += samples[(2 * i + 1) * stride] * scale * taper[2 * i + 1];
    }
    if (count % 2 != 0) {
        even[i] += samples[2 * i * stride] * scale * taper[2 * i];
    }
}

/* One frame into the transform's input: tapered, followed by zeros or folded. */
static inline void load_frame(const thimble_mfe_config *config, const float *samples, int32_t stride, float scale,
                              float *buffers)
{
    const int32_t length = config->fft.length;
    float *even = buffers;
    float *odd = buffers + length / 2;
    int32_t done = config->frame_length < length ? config->frame_length : length;
    int32_t i;

    put_samples(samples, stride, config->taper, done, scale, even, odd);
    for (i = (done + 1) / 2; i < length / 2; i++) {
        even[i] = 0.0f;
        odd[i] = 0.0f;
    }
    while (done < config->frame_length) {
        const int32_t rest = config->frame_length - done;
        const int32_t count = rest < length ? rest : length;
        add_samples(samples + done * stride, stride, config->taper + done, count, scale, even, odd);
        done += count;
    }
}

/* The energy of each filter; returns whether all of them are finite. */
static int sum_filters(const thimble_mfe_config *config, const float *restrict power, float *restrict energies)
{
    THIMBLE_CONST float *weights = config->filter_weights;
    int finite = 1;
    int32_t filter;
    int32_t i;
    for (filter = 0; filter < config->filter_count; filter++) {
        const float *bins = power + config->filter_start[filter];
        const int32_t size = config->filter_size[filter];
        float energy = 0.0f;
        for (i = 0; i < size; i++) {
            energy += weights[i] * bins[i];
        }
        weights += size;
        energies[filter] = energy;
        finite &= energy <= FLT_MAX; /* false for NaN, too */
    }
    return finite;
}

static int frame_energies(const thimble_mfe_config *config, const float *samples, float scale, float *energies,
                          float *buffers)
{
    if (config->input_channels == 1) { /* a stride known to the compiler makes this twice as fast */
        load_frame(config, samples, 1, scale, buffers);
    } else {
        load_frame(config, samples, config->input_channels, scale, buffers);
    }
    return sum_filters(config, thimble_fft_power(&config->fft, buffers), energies);
}

void thimble_mfe(const thimble_mfe_config *config, const float *window, float *features, float *scratch)
{
    int32_t frame;
    int32_t c;
    int32_t i;
    for (frame = 0; frame < config->frame_count; frame++) {
        for (c = 0; c < config->channel_count; c++) {
            const float *samples = window + config->channels[c];
            float floor_log2 = config->floor_log2;
            if (!frame_energies(config, samples, 1.0f, features, scratch)) {
                frame_energies(config, samples, SMALL_SCALE, features, scratch);
                floor_log2 += SMALL_SCALE_ENERGY_LOG2;
            }
            thimble_log2_array(features, config->filter_count);
            for (i = 0; i < config->filter_count; i++) {
                const float value = (features[i] - floor_log2) * config->gain;
                features[i] = value > 0.0f ? value : 0.0f;
            }
            features += config->filter_count;
        }
        window += config->frame_stride * config->input_channels;
    }
}
