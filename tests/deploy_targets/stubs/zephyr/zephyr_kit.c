#include "board.h"
#include "firmware.h"

#include <stdarg.h>
#include <zephyr/audio/dmic.h>
#include <zephyr/drivers/adc.h>
#include <zephyr/drivers/sensor.h>
#include <zephyr/sys/printk.h>

int main(void);

const struct device board_device_accel0 = {"accel0"}, board_device_gyro0 = {"gyro0"}, board_device_adc = {"adc"},
                    board_device_dmic_dev = {"dmic_dev"};

void printk(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    board_print_format(format, arguments);
    va_end(arguments);
}

/* Where the recording ends, so does the program: the sample's main function has no end of its own. */
static void end_of_recording(void)
{
    if (board_points_left() == 0) {
        board_exit(0);
    }
}

bool device_is_ready(const struct device *device)
{
    return device->name != NULL;
}

static k_timeout_t started;
void k_timer_start(struct k_timer *timer, k_timeout_t duration, k_timeout_t period)
{
    started = duration;
    timer->period = period;
}
/* Now and then two periods have passed, as where classifying took long. */
uint32_t k_timer_status_sync(struct k_timer *timer)
{
    static uint32_t calls;
    return timer->period == started ? 1 + (calls++ % 7 == 0) : 0;
}

static const float *point;
int sensor_sample_fetch(const struct device *device)
{
    if (device == &board_device_accel0) {
        end_of_recording();
        point = board_next_point();
    }
    return 0;
}
/* The recording is in g and degrees a second, Zephyr's units are m/s2 and radians a second. */
int sensor_channel_get(const struct device *device, enum sensor_channel channel, struct sensor_value *values)
{
    const int is_gyroscope = channel == SENSOR_CHAN_GYRO_XYZ;
    int axis;
    if (is_gyroscope != (device == &board_device_gyro0)) {
        return -ENODEV;
    }
    for (axis = 0; axis < 3; axis++) {
        const double value = (double)point[axis + 3 * is_gyroscope] * (is_gyroscope ? 3.14159265358979 / 180 : 9.80665);
        values[axis].val1 = (int32_t)value;
        values[axis].val2 = (int32_t)((value - (double)values[axis].val1) * 1e6);
    }
    return 0;
}

static struct pcm_stream_cfg stream;
uint32_t dmic_build_channel_map(uint8_t channel, uint8_t pdm, enum pdm_lr side)
{
    return (uint32_t)((pdm << 1) | (int)side) << (4 * channel);
}
int dmic_configure(const struct device *device, struct dmic_cfg *config)
{
    (void)device;
    stream = config->streams[0];
    return stream.pcm_width == 16 && stream.mem_slab->size == stream.block_size ? 0 : -EINVAL;
}
int dmic_trigger(const struct device *device, enum dmic_trigger command)
{
    (void)device;
    return command == DMIC_TRIGGER_START ? 0 : -EINVAL;
}
static int blocks_in_use;
int dmic_read(const struct device *device, uint8_t number, void **buffer, size_t *size, int32_t timeout_ms)
{
    int16_t *samples = (int16_t *)(void *)stream.mem_slab->blocks;
    size_t i;
    (void)device;
    (void)timeout_ms;
    end_of_recording();
    if (number != 0 || blocks_in_use++ > 0) {
        return -EAGAIN;
    }
    for (i = 0; i < stream.block_size / 2; i++) {
        samples[i] = board_next_sample();
    }
    *buffer = samples;
    *size = stream.block_size;
    return 0;
}
void k_mem_slab_free(struct k_mem_slab *slab, void *block)
{
    blocks_in_use -= block == slab->blocks;
}

bool adc_is_ready_dt(const struct adc_dt_spec *pin) { return pin->dev == &board_device_adc; }
int adc_channel_setup_dt(const struct adc_dt_spec *pin) { return pin->channel_id < board_channels ? 0 : -EINVAL; }
int adc_sequence_init_dt(const struct adc_dt_spec *pin, struct adc_sequence *sequence)
{
    return pin->dev && sequence->buffer_size == 2 ? 0 : -EINVAL;
}
int adc_read_dt(const struct adc_dt_spec *pin, const struct adc_sequence *sequence)
{
    if (pin->channel_id == 0) {
        end_of_recording();
        point = board_next_point();
    }
    *(int16_t *)sequence->buffer = (int16_t)point[pin->channel_id];
    return 0;
}
int adc_raw_to_millivolts_dt(const struct adc_dt_spec *pin, int32_t *value)
{
    *value = *value * 2;
    return pin->dev ? 0 : -EINVAL;
}

int firmware_main(void)
{
    return main() == 0 ? 2 : 3; /* it does not return where all is well */
}
