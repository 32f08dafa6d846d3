/* A digital microphone: the devicetree node labelled dmic_dev. */
#include "sensor.h"

#include <zephyr/audio/dmic.h>
#include <zephyr/kernel.h>

#define BLOCK_BYTES (SENSOR_BLOCK * sizeof(int16_t))
#define TIMEOUT_MS 1000

/* The driver fills 16 blocks while one window is classified. */
K_MEM_SLAB_DEFINE_STATIC(blocks, BLOCK_BYTES, 16, 4);

static const struct device *const microphone = DEVICE_DT_GET(DT_NODELABEL(dmic_dev));

int sensor_start(void)
{
    struct pcm_stream_cfg stream = {
        .pcm_rate = (uint32_t)${NAME}_SAMPLE_RATE_HZ,
        .pcm_width = 16,
        .block_size = BLOCK_BYTES,
        .mem_slab = &blocks,
    };
    struct dmic_cfg config = {
        .io = {
            .min_pdm_clk_freq = 1000000,
            .max_pdm_clk_freq = 3500000,
            .min_pdm_clk_dc = 40,
            .max_pdm_clk_dc = 60,
        },
        .streams = &stream,
        .channel = {
            .req_num_streams = 1,
            .req_num_chan = 1,
        },
    };
    int error;

    if (!device_is_ready(microphone)) {
        return -ENODEV;
    }
    config.channel.req_chan_map_lo = dmic_build_channel_map(0, 0, PDM_CHAN_LEFT);
    error = dmic_configure(microphone, &config);
    return error < 0 ? error : dmic_trigger(microphone, DMIC_TRIGGER_START);
}

int sensor_read(int16_t *samples)
{
    void *block;
    size_t size;
    const int error = dmic_read(microphone, 0, &block, &size, TIMEOUT_MS);

    if (error < 0) {
        return error;
    }
    size = MIN(size, BLOCK_BYTES);
    memcpy(samples, block, size);
    k_mem_slab_free(&blocks, block);
    return (int)(size / sizeof(int16_t));
}
