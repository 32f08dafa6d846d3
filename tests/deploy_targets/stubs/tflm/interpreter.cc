/* The interpreter of the tests: checks what it is given, and runs the network as our compiled C does. */
#include "tensorflow/lite/micro/micro_interpreter.h"

extern "C" {
#include "network.h"
}

#include <cstring>

namespace {

alignas(16) uint32_t own_arena[(NETWORK_ARENA_BYTES + 3) / 4];
alignas(16) int32_t input_values[NETWORK_INPUT_SIZE];
alignas(16) int32_t output_values[NETWORK_OUTPUT_SIZE];
const size_t ITEM = sizeof *network_input(own_arena);

bool aligned(const void *address) { return reinterpret_cast<uintptr_t>(address) % 16 == 0; }

}  // namespace

namespace tflite {

const Model *GetModel(const void *buffer)
{
    return std::memcmp(static_cast<const char *>(buffer) + 4, "TFL3", 4) == 0 && aligned(buffer)
               ? static_cast<const Model *>(buffer)
               : nullptr;
}

uint32_t Model::version() const { return STUB_VERSION; }

MicroInterpreter::MicroInterpreter(const Model *, const MicroOpResolver &resolver, uint8_t *arena, size_t arena_bytes)
    : resolver_(resolver), arena_(arena), arena_bytes_(arena_bytes), input_(input_values), output_(output_values)
{
}

TfLiteStatus MicroInterpreter::AllocateTensors()
{
    return resolver_.count == resolver_.room && aligned(arena_) && arena_bytes_ >= STUB_ARENA_BYTES ? kTfLiteOk
                                                                                                    : kTfLiteError;
}

TfLiteStatus MicroInterpreter::Invoke()
{
    std::memcpy(network_input(own_arena), input_values, NETWORK_INPUT_SIZE * ITEM);
    network_invoke(own_arena);
    std::memcpy(output_values, network_output(own_arena), NETWORK_OUTPUT_SIZE * ITEM);
    return kTfLiteOk;
}

size_t MicroInterpreter::arena_used_bytes() const { return STUB_ARENA_BYTES; }

}  // namespace tflite
