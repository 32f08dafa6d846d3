/* A stand-in for Arduino's core. */
#ifndef ARDUINO_H
#define ARDUINO_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define A0 26
#define A1 27
#define A2 28
#define A3 29
#define A4 30
#define A5 31
#define A6 32
#define A7 33

uint32_t micros();
uint32_t millis();
void delay(unsigned long milliseconds);
int analogRead(int pin);
void analogReadResolution(int bits);

struct SerialPort {
    void begin(unsigned long baud);
    explicit operator bool() const { return true; }
    void print(const char *text);
    void print(int value);
    void print(unsigned int value);
    void print(long value);
    void print(unsigned long value);
    void print(double value, int digits = 2);
    void println(const char *text = "");
    void println(int value);
    void println(double value, int digits = 2);
};
extern SerialPort Serial;

/* Of the sketch. */
void setup();
void loop();

/* Called between two loops, as an interrupt would; set by the stand-ins of drivers that have one. */
extern void (*board_interrupt)();

#endif
