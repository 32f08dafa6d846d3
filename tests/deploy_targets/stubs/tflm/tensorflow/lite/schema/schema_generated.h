/* As much of TFLite's schema as the tflm target's project names. */
#ifndef STUB_SCHEMA_GENERATED_H
#define STUB_SCHEMA_GENERATED_H

#include <cstdint>

#define TFLITE_SCHEMA_VERSION (3)

namespace tflite {

struct Model {
    uint32_t version() const;
};

/* The bytes themselves. */
const Model *GetModel(const void *buffer);

}  // namespace tflite

#endif
