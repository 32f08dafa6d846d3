/* The two halves of a classification, one after the other. */
#include "$name.h"
#include "firmware.h"

${name}_workspace firmware_workspace;
float firmware_samples[${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS];
float firmware_features[${NAME}_FEATURES];
float firmware_probabilities[${NAME}_CLASSES];

int firmware_main(void)
{
    ${name}_extract(&firmware_workspace, firmware_samples, firmware_features);
    ${name}_classify_features(&firmware_workspace, firmware_features, firmware_probabilities);
    return 0;
}
