/*
 * Voltages at the pins in io-channels of the devicetree node zephyr,user. Change sensor_read for any other sensor: it is
 * to give the values in the units of the recordings that the model was trained on, the channels in their order.
 */
#include "sensor.h"

#include <zephyr/drivers/adc.h>
#include <zephyr/kernel.h>

#define UNITS_PER_MILLIVOLT 0.001f
#define PERIOD_US ((uint32_t)(1e6f / ${NAME}_SAMPLE_RATE_HZ + 0.5f))

static const struct adc_dt_spec pins[${NAME}_CHANNELS] = {
$pins
};

K_TIMER_DEFINE(period, NULL, NULL);

int sensor_start(void)
{
    int channel;
    for (channel = 0; channel < ${NAME}_CHANNELS; channel++) {
        int error;
        if (!adc_is_ready_dt(&pins[channel])) {
            return -ENODEV;
        }
        error = adc_channel_setup_dt(&pins[channel]);
        if (error < 0) {
            return error;
        }
    }
    k_timer_start(&period, K_USEC(PERIOD_US), K_USEC(PERIOD_US));
    return 0;
}

int sensor_read(float *sample)
{
    static uint32_t due;
    int channel;

    /* Where classifying took longer than a period, the next readings follow at once and the rate is kept on average. */
    if (due == 0) {
        due = k_timer_status_sync(&period);
    }
    due--;
    for (channel = 0; channel < ${NAME}_CHANNELS; channel++) {
        int16_t steps = 0;
        int32_t millivolts;
        struct adc_sequence sequence = {.buffer = &steps, .buffer_size = sizeof steps};
        int error = adc_sequence_init_dt(&pins[channel], &sequence);

        if (error == 0) {
            error = adc_read_dt(&pins[channel], &sequence);
        }
        if (error < 0) {
            return error;
        }
        millivolts = steps;
        error = adc_raw_to_millivolts_dt(&pins[channel], &millivolts);
        if (error < 0) {
            return error;
        }
        sample[channel] = (float)millivolts * UNITS_PER_MILLIVOLT;
    }
    return 1;
}
