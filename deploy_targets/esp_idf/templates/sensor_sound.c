/* An I2S microphone (INMP441, SPH0645 and the like): SCK, WS and SD to the pins below, L/R to GND, VDD to 3.3 V. */
#include "sensor.h"

#include "driver/i2s_std.h"
#include "freertos/FreeRTOS.h"

#define PIN_SCK GPIO_NUM_4
#define PIN_WS GPIO_NUM_5
#define PIN_SD GPIO_NUM_6
/* Doubles the sound so many times: these microphones use the lower part of their range. */
#define GAIN_BITS 2

static i2s_chan_handle_t microphone;

int sensor_start(void)
{
    i2s_chan_config_t channel = I2S_CHANNEL_DEFAULT_CONFIG(I2S_NUM_AUTO, I2S_ROLE_MASTER);
    i2s_std_config_t format = {
        .clk_cfg = I2S_STD_CLK_DEFAULT_CONFIG((uint32_t)${NAME}_SAMPLE_RATE_HZ),
        .slot_cfg = I2S_STD_PHILIPS_SLOT_DEFAULT_CONFIG(I2S_DATA_BIT_WIDTH_32BIT, I2S_SLOT_MODE_MONO),
        .gpio_cfg = {
            .mclk = I2S_GPIO_UNUSED,
            .bclk = PIN_SCK,
            .ws = PIN_WS,
            .dout = I2S_GPIO_UNUSED,
            .din = PIN_SD,
        },
    };
    esp_err_t error;

    /* 8 blocks of sound for the time that one window takes. */
    channel.dma_desc_num = 8;
    channel.dma_frame_num = 480;
    error = i2s_new_channel(&channel, NULL, &microphone);
    if (error == ESP_OK) {
        error = i2s_channel_init_std_mode(microphone, &format);
    }
    if (error == ESP_OK) {
        error = i2s_channel_enable(microphone);
    }
    return error;
}

int sensor_read(int16_t *samples)
{
    static int32_t words[SENSOR_BLOCK];
    size_t bytes = 0;
    int count, i;

    if (i2s_channel_read(microphone, words, sizeof words, &bytes, portMAX_DELAY) != ESP_OK) {
        return -1;
    }
    count = (int)(bytes / sizeof words[0]);
    for (i = 0; i < count; i++) {
        const int32_t value = words[i] >> (16 - GAIN_BITS);
        samples[i] = (int16_t)(value > 32767 ? 32767 : value < -32768 ? -32768 : value);
    }
    return count;
}
