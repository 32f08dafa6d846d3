/* An MPU-6050 motion sensor: SDA and SCL to the pins below, VCC to 3.3 V, GND to GND. */
#include "sensor.h"

#include "driver/i2c_master.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#define PIN_SDA GPIO_NUM_6
#define PIN_SCL GPIO_NUM_7
/* The sensor counts in g and degrees a second. Where the recordings were in other units, these turn one into them. */
#define UNITS_PER_G 1.0f
#define UNITS_PER_DEGREE 1.0f

/* Registers, and the values for -8 g to 8 g and -500 to 500 degrees a second: MPU-6000 register map, revision 4.2. */
#define ADDRESS 0x68
#define POWER 0x6B
#define ACCELEROMETER_RANGE 0x1C
#define GYROSCOPE_RANGE 0x1B
#define FIRST_READING 0x3B
#define STEPS_PER_G 4096.0f
#define STEPS_PER_DEGREE 65.5f
#define TIMEOUT_MS 100
#define PERIOD_US ((int64_t)(1e6f / ${NAME}_SAMPLE_RATE_HZ + 0.5f))

static i2c_master_dev_handle_t sensor;

static esp_err_t write_register(uint8_t number, uint8_t value)
{
    const uint8_t bytes[2] = {number, value};
    return i2c_master_transmit(sensor, bytes, sizeof bytes, TIMEOUT_MS);
}

int sensor_start(void)
{
    const i2c_master_bus_config_t wires = {
        .i2c_port = -1,
        .sda_io_num = PIN_SDA,
        .scl_io_num = PIN_SCL,
        .clk_source = I2C_CLK_SRC_DEFAULT,
        .glitch_ignore_cnt = 7,
        .flags.enable_internal_pullup = true,
    };
    const i2c_device_config_t device = {
        .dev_addr_length = I2C_ADDR_BIT_LEN_7,
        .device_address = ADDRESS,
        .scl_speed_hz = 400000,
    };
    i2c_master_bus_handle_t bus;
    esp_err_t error = i2c_new_master_bus(&wires, &bus);
    if (error == ESP_OK) {
        error = i2c_master_bus_add_device(bus, &device, &sensor);
    }
    if (error == ESP_OK) {
        error = write_register(POWER, 0);
    }
    if (error == ESP_OK) {
        error = write_register(ACCELEROMETER_RANGE, 0x10);
    }
    if (error == ESP_OK) {
        error = write_register(GYROSCOPE_RANGE, 0x08);
    }
    return error;
}

static float word_at(const uint8_t *bytes)
{
    return (float)(int16_t)((bytes[0] << 8) | bytes[1]);
}

int sensor_read(float *sample)
{
    static int64_t due_us;
    const uint8_t first = FIRST_READING;
    uint8_t bytes[14];
    int axis;

    if (due_us == 0) {
        due_us = esp_timer_get_time();
    }
    while (esp_timer_get_time() < due_us) {
        vTaskDelay(1);
    }
    /* Where classifying took longer than a period, the next readings follow at once and the rate is kept on average. */
    due_us += PERIOD_US;
    if (i2c_master_transmit_receive(sensor, &first, 1, bytes, sizeof bytes, TIMEOUT_MS) != ESP_OK) {
        return -1;
    }
    for (axis = 0; axis < 3; axis++) {
        sample[axis] = word_at(bytes + 2 * axis) / STEPS_PER_G * UNITS_PER_G;
#if $has_gyroscope
        sample[3 + axis] = word_at(bytes + 8 + 2 * axis) / STEPS_PER_DEGREE * UNITS_PER_DEGREE;
#endif
    }
    return 1;
}
