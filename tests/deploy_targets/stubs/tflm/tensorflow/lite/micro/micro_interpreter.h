/* As much of TFLM's interpreter as the tflm target's project names. The test says what it does. */
#ifndef STUB_MICRO_INTERPRETER_H
#define STUB_MICRO_INTERPRETER_H

#include <cstddef>
#include <cstdint>

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace tflite {

class MicroInterpreter {
 public:
    MicroInterpreter(const Model *model, const MicroOpResolver &resolver, uint8_t *arena, size_t arena_bytes);
    TfLiteStatus AllocateTensors();
    TfLiteStatus Invoke();
    size_t arena_used_bytes() const;
    template <class T>
    T *typed_input_tensor(size_t) { return static_cast<T *>(input_); }
    template <class T>
    T *typed_output_tensor(size_t) { return static_cast<T *>(output_); }

 private:
    const MicroOpResolver &resolver_;
    uint8_t *arena_;
    size_t arena_bytes_;
    void *input_;
    void *output_;
};

}  // namespace tflite

#endif
