/* An application that classifies one window and decides. */
#include "$name.h"
#include "firmware.h"

${name}_workspace firmware_workspace;
${name}_decision firmware_decision;
float firmware_samples[${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS];
float firmware_probabilities[${NAME}_CLASSES];
const char *firmware_label;

int firmware_main(void)
{
    int answer;
    ${name}_decision_start(&firmware_decision);
    ${name}_classify(&firmware_workspace, firmware_samples, firmware_probabilities);
    answer = ${name}_decide(&firmware_decision, firmware_probabilities, 0);
    firmware_label = answer == ${NAME}_UNCERTAIN ? 0 : ${name}_labels[answer];
    return 0;
}
