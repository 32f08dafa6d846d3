/* ${model}_data: the .tflite file. Made by Thimble; see ${model}_data.h. */
#include "${model}_data.h"

alignas(16) const unsigned char ${model}_data[${MODEL}_DATA_BYTES] = {
$data};
