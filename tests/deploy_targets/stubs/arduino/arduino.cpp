#include "Arduino.h"
#include "ADCInput.h"
#include "ESP_I2S.h"
#include "IMU.h"
#include "PDM.h"
#include "Wire.h"
#include "board.h"
#include "driver/i2s.h"
#include "unity.h"

extern "C" {
#include "firmware.h"
}

SerialPort Serial;
PDMClass PDM;
IMUClass IMU;
TwoWire Wire;
void (*board_interrupt)();

/* Reading the clock takes a tenth of a millisecond: time goes on wherever a sketch waits for it. */
static uint32_t now_us;
static int delays;

uint32_t micros()
{
    return now_us += 100;
}

uint32_t millis()
{
    return micros() / 1000;
}

void delay(unsigned long milliseconds)
{
    now_us += (uint32_t)milliseconds * 1000;
    if (++delays == 3) {
        board_exit(3); /* a sketch that only waits has stopped */
    }
}

int analogRead(int pin)
{
    static const float *point;
    if (pin == A0) {
        point = board_next_point();
    }
    return (int)point[pin - A0];
}

void analogReadResolution(int) {}

void SerialPort::begin(unsigned long) {}
void SerialPort::print(const char *text) { board_print(text); }
void SerialPort::print(int value) { board_print_integer(value); }
void SerialPort::print(unsigned int value) { board_print_integer((long)value); }
void SerialPort::print(long value) { board_print_integer(value); }
void SerialPort::print(unsigned long value) { board_print_integer((long)value); }
void SerialPort::print(double value, int) { board_print_integer((long)(value * 1e6)); }
void SerialPort::println(const char *text)
{
    board_print(text);
    board_print("\n");
}
void SerialPort::println(int value)
{
    print(value);
    println();
}
void SerialPort::println(double value, int digits)
{
    print(value, digits);
    println();
}

/* PDM microphone: blocks of 256 samples, by interrupt. */
static int16_t pdm_block[256];
static int pdm_available;

static void pdm_interrupt()
{
    if (board_points_left() == 0) {
        return;
    }
    for (int16_t &sample : pdm_block) {
        sample = board_next_sample();
    }
    pdm_available = sizeof pdm_block;
    PDM.callback();
}

int PDMClass::begin(int channels, int rate)
{
    board_interrupt = pdm_interrupt;
    return channels == 1 && rate == 16000;
}
void PDMClass::onReceive(void (*function)()) { callback = function; }
int PDMClass::available() { return pdm_available; }
int PDMClass::read(void *buffer, size_t size)
{
    memcpy(buffer, pdm_block, size);
    pdm_available -= (int)size;
    return (int)size;
}

/* I2S microphone: 32 bits, the sound's 16 bits in the middle of them as a quiet microphone gives it. */
static size_t i2s_words(void *target, size_t bytes)
{
    int32_t *words = static_cast<int32_t *>(target);
    for (size_t i = 0; i < bytes / 4; i++) {
        words[i] = board_next_sample() * (1 << 14);
    }
    return bytes;
}

void I2SClass::setPins(int8_t, int8_t, int8_t, int8_t, int8_t) {}
bool I2SClass::begin(i2s_mode_t, uint32_t, i2s_data_bit_width_t, i2s_slot_mode_t) { return true; }
size_t I2SClass::readBytes(char *buffer, size_t size) { return i2s_words(buffer, size); }
esp_err_t i2s_driver_install(i2s_port_t, const i2s_config_t *, int, void *) { return ESP_OK; }
esp_err_t i2s_set_pin(i2s_port_t, const i2s_pin_config_t *) { return ESP_OK; }
esp_err_t i2s_read(i2s_port_t, void *target, size_t size, size_t *bytes_read, uint32_t)
{
    *bytes_read = i2s_words(target, size);
    return ESP_OK;
}

/* Analogue microphone: 12 bits around the middle of the range. */
bool ADCInput::setBuffers(size_t, size_t) { return true; }
bool ADCInput::begin(long) { return true; }
int ADCInput::available() { return board_points_left() > 0; }
int ADCInput::read() { return board_next_sample() / 16 + 2048; }

/* The motion sensor on a Nano 33 BLE Sense. */
static const float *imu_point;
int IMUClass::begin() { return 1; }
int IMUClass::accelerationAvailable() { return board_points_left() > 0; }
int IMUClass::readAcceleration(float &x, float &y, float &z)
{
    imu_point = board_next_point();
    x = imu_point[0];
    y = imu_point[1];
    z = imu_point[2];
    return 1;
}
int IMUClass::gyroscopeAvailable() { return 1; }
int IMUClass::readGyroscope(float &x, float &y, float &z)
{
    x = imu_point[3];
    y = imu_point[4];
    z = imu_point[5];
    return 1;
}

/* An MPU-6050: its readings as steps of 1/4096 g and 1/65.5 degrees a second, the high byte first. */
static uint8_t mpu_bytes[14];
static int mpu_place;

void TwoWire::begin() {}
void TwoWire::setClock(uint32_t) {}
void TwoWire::beginTransmission(uint8_t) {}
size_t TwoWire::write(uint8_t) { return 1; }
uint8_t TwoWire::endTransmission(bool) { return 0; }
uint8_t TwoWire::requestFrom(uint8_t, uint8_t count)
{
    const float *point = board_next_point();
    for (int word = 0; word < 7; word++) {
        const int channel = word < 3 ? word : word - 1;
        const float steps = word == 3 || channel >= board_channels ? 0 : point[channel] * (word < 3 ? 4096.0f : 65.5f);
        const int value = (int)steps;
        mpu_bytes[2 * word] = (uint8_t)(value >> 8);
        mpu_bytes[2 * word + 1] = (uint8_t)value;
    }
    mpu_place = 0;
    return count;
}
int TwoWire::read() { return mpu_bytes[mpu_place++]; }

/* Unity. */
static const char *unity_test;
static int unity_failures;
void unity_begin() {}
void unity_run(void (*test)(), const char *name)
{
    unity_test = name;
    test();
    board_print(name);
    board_print(unity_failures == 0 ? ":PASS\n" : ":FAIL\n");
}
void unity_equal(long expected, long actual) { unity_failures += expected != actual; }
int unity_end()
{
    board_print_integer(unity_failures);
    board_print(" failures\n");
    return unity_failures;
}

/* Until the recording is over; or until the sketch has not asked for it for so many turns, as a self-test never does. */
static const int PATIENCE = 2000;

int firmware_main(void)
{
    int32_t left = board_points_left();
    int turns = 0;
    setup();
    while (board_points_left() > 0 && turns < PATIENCE) {
        if (board_interrupt) {
            board_interrupt();
        }
        for (int i = 0; i < 8; i++) {
            loop();
        }
        turns = board_points_left() == left ? turns + 1 : 0;
        left = board_points_left();
    }
    return 0;
}
