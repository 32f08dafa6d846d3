/* ${model}_data: the .tflite file, with the memory plan in its metadata. Made by Thimble. */
#ifndef ${MODEL}_DATA_H
#define ${MODEL}_DATA_H

#define ${MODEL}_DATA_BYTES $data_bytes

/* Aligned to 16 bytes: TFLM reads the weights where they are. */
extern const unsigned char ${model}_data[${MODEL}_DATA_BYTES];

#endif
