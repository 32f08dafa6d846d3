/* As much of TFLM's op resolver as the projects of the tests name; it counts. */
#ifndef STUB_MICRO_MUTABLE_OP_RESOLVER_H
#define STUB_MICRO_MUTABLE_OP_RESOLVER_H

#include <cstddef>

typedef enum { kTfLiteOk = 0, kTfLiteError = 1 } TfLiteStatus;

namespace tflite {

class MicroOpResolver {
 public:
    size_t count = 0;
    size_t room = 0;
};

template <unsigned int tOpCount>
class MicroMutableOpResolver : public MicroOpResolver {
 public:
    MicroMutableOpResolver() { room = tOpCount; }
    TfLiteStatus AddConv2D() { return add(); }
    TfLiteStatus AddDepthwiseConv2D() { return add(); }
    TfLiteStatus AddFullyConnected() { return add(); }
    TfLiteStatus AddMean() { return add(); }
    TfLiteStatus AddReshape() { return add(); }
    TfLiteStatus AddSoftmax() { return add(); }

 private:
    TfLiteStatus add() { return ++count > tOpCount ? kTfLiteError : kTfLiteOk; }
};

}  // namespace tflite

#endif
