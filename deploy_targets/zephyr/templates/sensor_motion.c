/* A motion sensor: the devicetree aliases accel0, and gyro0 for six channels. */
#include "sensor.h"

#include <zephyr/drivers/sensor.h>
#include <zephyr/kernel.h>

/*
 * Zephyr counts in metres per second squared and radians a second; these turn one into what the recordings were in: g and
 * degrees a second. Set both to 1.0f where the recordings were in Zephyr's units.
 */
#define UNITS_PER_ACCELERATION (1.0f / 9.80665f)
#define UNITS_PER_RADIAN 57.295780f
#define PERIOD_US ((uint32_t)(1e6f / ${NAME}_SAMPLE_RATE_HZ + 0.5f))

static const struct device *const accelerometer = DEVICE_DT_GET(DT_ALIAS(accel0));
#if $has_gyroscope
static const struct device *const gyroscope = DEVICE_DT_GET(DT_ALIAS(gyro0));
#endif

K_TIMER_DEFINE(period, NULL, NULL);

int sensor_start(void)
{
    if (!device_is_ready(accelerometer)) {
        return -ENODEV;
    }
#if $has_gyroscope
    if (!device_is_ready(gyroscope)) {
        return -ENODEV;
    }
#endif
    k_timer_start(&period, K_USEC(PERIOD_US), K_USEC(PERIOD_US));
    return 0;
}

static int read_axes(const struct device *device, enum sensor_channel channel, float scale, float *axes)
{
    struct sensor_value values[3];
    int axis;
    int error = sensor_sample_fetch(device);

    if (error == 0) {
        error = sensor_channel_get(device, channel, values);
    }
    for (axis = 0; axis < 3 && error == 0; axis++) {
        axes[axis] = ((float)values[axis].val1 + (float)values[axis].val2 * 1e-6f) * scale;
    }
    return error;
}

int sensor_read(float *sample)
{
    static uint32_t due;
    int error;

    /* Where classifying took longer than a period, the next readings follow at once and the rate is kept on average. */
    if (due == 0) {
        due = k_timer_status_sync(&period);
    }
    due--;
    error = read_axes(accelerometer, SENSOR_CHAN_ACCEL_XYZ, UNITS_PER_ACCELERATION, sample);
#if $has_gyroscope
    if (error == 0) {
        error = read_axes(gyroscope, SENSOR_CHAN_GYRO_XYZ, UNITS_PER_RADIAN, sample + 3);
    }
#endif
    return error == 0 ? 1 : -EIO;
}
