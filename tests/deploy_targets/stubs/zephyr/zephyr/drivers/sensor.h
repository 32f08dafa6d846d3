#ifndef SENSOR_DRIVER_H
#define SENSOR_DRIVER_H
#include <zephyr/kernel.h>
enum sensor_channel { SENSOR_CHAN_ACCEL_XYZ, SENSOR_CHAN_GYRO_XYZ };
struct sensor_value { int32_t val1, val2; };
int sensor_sample_fetch(const struct device *device);
int sensor_channel_get(const struct device *device, enum sensor_channel channel, struct sensor_value *values);
#endif
