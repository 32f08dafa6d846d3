#include "board.h"
#include "driver/i2c_master.h"
#include "driver/i2s_std.h"
#include "esp_adc/adc_oneshot.h"
#include "esp_log.h"
#include "esp_timer.h"
#include "firmware.h"
#include "freertos/task.h"

#include <stdarg.h>

void app_main(void);

void board_log(char level, const char *tag, const char *format, ...)
{
    const char start[3] = {level, ' ', '\0'};
    va_list arguments;
    board_print(start);
    board_print(tag);
    board_print(": ");
    va_start(arguments, format);
    board_print_format(format, arguments);
    va_end(arguments);
    board_print("\n");
}

static int64_t now_us;
int64_t esp_timer_get_time(void) { return now_us += 50; }
void vTaskDelay(TickType_t ticks) { now_us += (int64_t)ticks * 1000; }

/* Where the recording ends, so does the program: app_main has no end of its own. */
static void end_of_recording(void)
{
    if (board_points_left() == 0) {
        board_exit(0);
    }
}

esp_err_t i2s_new_channel(const i2s_chan_config_t *config, i2s_chan_handle_t *tx, i2s_chan_handle_t *rx)
{
    *rx = NULL;
    return tx == NULL && config->dma_desc_num > 0 ? ESP_OK : -1;
}
esp_err_t i2s_channel_init_std_mode(i2s_chan_handle_t channel, const i2s_std_config_t *config)
{
    (void)channel;
    return config->gpio_cfg.din == GPIO_NUM_NC ? -1 : ESP_OK;
}
esp_err_t i2s_channel_enable(i2s_chan_handle_t channel)
{
    (void)channel;
    return ESP_OK;
}
esp_err_t i2s_channel_read(i2s_chan_handle_t channel, void *target, size_t size, size_t *bytes_read, uint32_t wait)
{
    int32_t *words = target;
    size_t i;
    (void)channel;
    (void)wait;
    end_of_recording();
    for (i = 0; i < size / 4; i++) {
        words[i] = board_next_sample() * (1 << 14);
    }
    *bytes_read = size;
    return ESP_OK;
}

esp_err_t i2c_new_master_bus(const i2c_master_bus_config_t *config, i2c_master_bus_handle_t *bus)
{
    *bus = NULL;
    return config->sda_io_num == config->scl_io_num ? -1 : ESP_OK;
}
esp_err_t i2c_master_bus_add_device(i2c_master_bus_handle_t bus, const i2c_device_config_t *config,
                                    i2c_master_dev_handle_t *device)
{
    (void)bus;
    *device = NULL;
    return config->device_address == 0x68 ? ESP_OK : -1;
}
esp_err_t i2c_master_transmit(i2c_master_dev_handle_t device, const uint8_t *bytes, size_t size, int timeout_ms)
{
    (void)device;
    (void)bytes;
    (void)timeout_ms;
    return size == 2 ? ESP_OK : -1;
}
/* An MPU-6050: its readings as steps of 1/4096 g and 1/65.5 degrees a second, the high byte first. */
esp_err_t i2c_master_transmit_receive(i2c_master_dev_handle_t device, const uint8_t *out, size_t out_size, uint8_t *in,
                                      size_t in_size, int timeout_ms)
{
    const float *point;
    int word;
    (void)device;
    (void)timeout_ms;
    end_of_recording();
    if (out_size != 1 || out[0] != 0x3B || in_size != 14) {
        return -1;
    }
    point = board_next_point();
    for (word = 0; word < 7; word++) {
        const int channel = word < 3 ? word : word - 1;
        const float steps = word == 3 || channel >= board_channels ? 0 : point[channel] * (word < 3 ? 4096.0f : 65.5f);
        in[2 * word] = (uint8_t)((int)steps >> 8);
        in[2 * word + 1] = (uint8_t)(int)steps;
    }
    return ESP_OK;
}

esp_err_t adc_oneshot_new_unit(const adc_oneshot_unit_init_cfg_t *config, adc_oneshot_unit_handle_t *unit)
{
    *unit = NULL;
    return config->unit_id == ADC_UNIT_1 ? ESP_OK : -1;
}
esp_err_t adc_oneshot_config_channel(adc_oneshot_unit_handle_t unit, adc_channel_t channel,
                                     const adc_oneshot_chan_cfg_t *config)
{
    (void)unit;
    (void)channel;
    return config->bitwidth == ADC_BITWIDTH_12 ? ESP_OK : -1;
}
esp_err_t adc_oneshot_read(adc_oneshot_unit_handle_t unit, adc_channel_t channel, int *steps)
{
    static const float *point;
    (void)unit;
    if (channel == ADC_CHANNEL_0) {
        end_of_recording();
        point = board_next_point();
    }
    *steps = (int)point[channel];
    return ESP_OK;
}

int firmware_main(void)
{
    app_main();
    return 2; /* it does not return where all is well */
}
