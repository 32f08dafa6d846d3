/* $model: the network, run by TensorFlow Lite Micro. Made by Thimble; see $model.h. */
#include "$model.h"

#include "${model}_data.h"

#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace {

/* Exactly the operators of this network: the linker leaves all others out. */
using Resolver = tflite::MicroMutableOpResolver<$operator_count>;

/* The offsets of the plan in the model count from a multiple of 16. */
alignas(16) uint8_t arena[${MODEL}_ARENA_BYTES];

tflite::MicroInterpreter *interpreter = nullptr;
$type no_answer[${MODEL}_OUTPUT_SIZE];

TfLiteStatus add_operators(Resolver &resolver)
{
    if ($add_operators) {
        return kTfLiteError;
    }
    return kTfLiteOk;
}

}  // namespace

extern "C" int ${model}_start(void)
{
    if (interpreter != nullptr) {
        return ${MODEL}_STARTED;
    }
    for ($type &value : no_answer) {
        value = $zero; /* probability 0 */
    }
    const tflite::Model *const model = tflite::GetModel(${model}_data);
    if (model->version() != TFLITE_SCHEMA_VERSION) {
        return ${MODEL}_WRONG_VERSION;
    }
    static Resolver resolver;
    if (add_operators(resolver) != kTfLiteOk) {
        return ${MODEL}_WRONG_OPERATORS;
    }
    static tflite::MicroInterpreter made(model, resolver, arena, sizeof arena);
    if (made.AllocateTensors() != kTfLiteOk) {
        return ${MODEL}_ARENA_TOO_SMALL;
    }
    interpreter = &made;
    return ${MODEL}_STARTED;
}

extern "C" uint32_t ${model}_arena_used(void)
{
    return interpreter != nullptr ? static_cast<uint32_t>(interpreter->arena_used_bytes()) : 0;
}

extern "C" $type *${model}_input(void *workspace)
{
    if (${model}_start() != ${MODEL}_STARTED) {
        return static_cast<$type *>(workspace);
    }
    return interpreter->typed_input_tensor<$type>(0);
}

extern "C" const $type *${model}_output(const void *)
{
    return interpreter != nullptr ? interpreter->typed_output_tensor<$type>(0) : no_answer;
}

extern "C" void ${model}_invoke(void *)
{
    if (interpreter != nullptr) {
        interpreter->Invoke();
    }
}
