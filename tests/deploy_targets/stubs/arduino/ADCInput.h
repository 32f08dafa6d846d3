#ifndef ADC_INPUT_H
#define ADC_INPUT_H
#include "Arduino.h"
struct ADCInput {
    constexpr explicit ADCInput(uint8_t) {}
    bool setBuffers(size_t buffers, size_t words);
    bool begin(long rate);
    int available();
    int read();
};
#endif
