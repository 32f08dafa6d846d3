/* $model.h: the network, run by TensorFlow Lite Micro. Made by Thimble. */
#ifndef ${MODEL}_H
#define ${MODEL}_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * TFLM's arena. Measured, on a 64-bit computer with TFLM's reference kernels: with 16 bytes less it does not start.
 * $planned_bytes of it are the network's tensors, placed by the plan inside of the model; the rest is what TFLM keeps of
 * the network. A 32-bit chip needs less of the rest, a chip vendor's kernels may need more: define your own number once
 * ${model}_arena_used has told you what yours is.
 */
#ifndef ${MODEL}_ARENA_BYTES
#define ${MODEL}_ARENA_BYTES $arena_bytes
#endif

#define ${MODEL}_INPUT_SIZE $input_size
#define ${MODEL}_OUTPUT_SIZE $output_size
$quantization
enum {
    ${MODEL}_STARTED = 0,
    ${MODEL}_WRONG_VERSION = 1,   /* the model's schema is not this TFLM's */
    ${MODEL}_WRONG_OPERATORS = 2, /* an operator could not be added */
    ${MODEL}_ARENA_TOO_SMALL = 3  /* or an operator refused the model; TFLM's log says which */
};

/*
 * Set up the interpreter. The first window does that by itself; call it before to learn whether it works, for where it
 * does not, all probabilities are 0. Returns ${MODEL}_STARTED, or why it could
 * not start. Calling it again changes nothing.
 */
int ${model}_start(void);

/* How much of the arena TFLM uses, in bytes; 0 before it has started. */
uint32_t ${model}_arena_used(void);

/*
 * Where the network's input is to be written, and where its output stands after ${model}_invoke. The workspace takes the
 * input where TFLM has not started. There is one interpreter: one call at a time.
 */
$type *${model}_input(void *workspace);
const $type *${model}_output(const void *workspace);
void ${model}_invoke(void *workspace);

#ifdef __cplusplus
}
#endif

#endif
