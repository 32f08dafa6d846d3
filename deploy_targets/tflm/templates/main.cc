/*
 * Starts the network, tells how much arena it takes, and classifies one window of silence. On a device, fill samples
 * from the sensor instead.
 */
#include "$name.h"
#include "${name}_model.h"

#include <cstdio>

static ${name}_workspace workspace;
static ${name}_decision decision;
static float samples[${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS];

int main()
{
    const int status = ${name}_model_start();
    if (status != ${NAME}_MODEL_STARTED) {
        std::printf("TensorFlow Lite Micro did not start: %d\n", status);
        return 1;
    }
    std::printf("arena: %lu of %lu bytes used\n", static_cast<unsigned long>(${name}_model_arena_used()),
                static_cast<unsigned long>(${NAME}_MODEL_ARENA_BYTES));
    float probabilities[${NAME}_CLASSES];
    ${name}_decision_start(&decision);
    ${name}_classify(&workspace, samples, probabilities);
    const int answer = ${name}_decide(&decision, probabilities, nullptr);
    std::printf("%s\n", answer == ${NAME}_UNCERTAIN ? "uncertain" : ${name}_labels[answer]);
    return 0;
}
