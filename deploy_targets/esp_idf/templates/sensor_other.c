/*
 * Voltages at the first pins of analogue-to-digital converter 1. Change sensor_read for any other sensor: it is to give
 * the values in the units of the recordings that the model was trained on, the channels in their order.
 */
#include "sensor.h"

#include "esp_adc/adc_oneshot.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#define UNITS_PER_STEP (3.3f / 4095.0f)
#define PERIOD_US ((int64_t)(1e6f / ${NAME}_SAMPLE_RATE_HZ + 0.5f))

static adc_oneshot_unit_handle_t converter;

int sensor_start(void)
{
    const adc_oneshot_unit_init_cfg_t unit = {.unit_id = ADC_UNIT_1};
    const adc_oneshot_chan_cfg_t pin = {.atten = ADC_ATTEN_DB_12, .bitwidth = ADC_BITWIDTH_12};
    esp_err_t error = adc_oneshot_new_unit(&unit, &converter);
    int channel;
    for (channel = 0; channel < ${NAME}_CHANNELS && error == ESP_OK; channel++) {
        error = adc_oneshot_config_channel(converter, (adc_channel_t)channel, &pin);
    }
    return error;
}

int sensor_read(float *sample)
{
    static int64_t due_us;
    int channel;

    if (due_us == 0) {
        due_us = esp_timer_get_time();
    }
    while (esp_timer_get_time() < due_us) {
        vTaskDelay(1);
    }
    /* Where classifying took longer than a period, the next readings follow at once and the rate is kept on average. */
    due_us += PERIOD_US;
    for (channel = 0; channel < ${NAME}_CHANNELS; channel++) {
        int steps = 0;
        if (adc_oneshot_read(converter, (adc_channel_t)channel, &steps) != ESP_OK) {
            return -1;
        }
        sample[channel] = (float)steps * UNITS_PER_STEP;
    }
    return 1;
}
