#ifndef PDM_H
#define PDM_H
#include "Arduino.h"
struct PDMClass {
    int begin(int channels, int rate);
    void onReceive(void (*function)());
    int available();
    int read(void *buffer, size_t size);
    void (*callback)();
};
extern PDMClass PDM;
#endif
