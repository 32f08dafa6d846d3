#include "compiled_alone.h"
#include "flavours.h"

#if WITH_DSP
/* What depthwise_3x3_rows works on: rows of outputs of one channel, with strides of 1 along the row. */
typedef struct {
    int32_t bias;
    int32_t multiplier; /* twice */
    int32_t offset;
    int32_t right;
    int32_t pixel_bytes; /* from an output to the next */
    int32_t pairs_bytes; /* of the plane: four for each pair of outputs of a row */
    int32_t odd;         /* whether there is one output more */
    int32_t next_bytes;  /* from the windows of a row of outputs to those of the next one, in the plane */
    const int16_t *plane;
    int32_t row_bytes; /* of the plane */
    int32_t rows;
    int8_t *output;
    int32_t output_bytes; /* from a row of outputs to the next one */
    int32_t weights[6];   /* (w0, w1) and (w1, w2) of each row of the window */
} depthwise_3x3_job;

/* A row of two windows next to each other: four values for six products. */
#define DEPTHWISE_TWO(pointer, first, second)   \
    "ldrd r2, r3, [" pointer "], #4\n\t"        \
    "smlad r0, r2, " first ", r0\n\t"           \
    "smlatb r1, r2, " first ", r1\n\t"          \
    "smlabt r0, r3, " second ", r0\n\t"         \
    "smlad r1, r3, " second ", r1\n\t"

#define DEPTHWISE_ONE(pointer, first, second)   \
    "ldrd r2, r3, [" pointer "]\n\t"            \
    "smlad r0, r2, " first ", r0\n\t"           \
    "smlabt r0, r3, " second ", r0\n\t"

/* Two outputs at a time. On the stack lie the end of the row's pairs and the job up to its weights, which are r4-r9;
 * r10-r12 point into the three rows of the plane, lr to the output. */
__attribute__((naked)) COMPILED_ALONE static void depthwise_3x3_rows(const depthwise_3x3_job *job
                                                                     __attribute__((unused)))
{
    __asm__("push {r4-r11, lr}\n\t"
            "ldmia r0!, {r1-r12, lr}\n\t"
            "push {r1-r12, lr}\n\t"
            "ldmia r0, {r4-r9}\n\t"
            "push {r0}\n\t"
            "1:\n\t"
            "ldr r10, [sp, #36]\n\t"
            "ldr r1, [sp, #40]\n\t"
            "ldr lr, [sp, #48]\n\t"
            "ldr r3, [sp, #24]\n\t"
            "add r11, r10, r1\n\t"
            "add r12, r11, r1\n\t"
            "add r1, r10, r3\n\t"
            "str r1, [sp]\n\t"
            "cmp r3, #0\n\t"
            "beq.w 3f\n\t"
            "2:\n\t"
            "ldr r0, [sp, #4]\n\t"
            "mov r1, r0\n\t"
            DEPTHWISE_TWO("r10", "r4", "r5")
            DEPTHWISE_TWO("r11", "r6", "r7")
            DEPTHWISE_TWO("r12", "r8", "r9")
            "ldrd r2, r3, [sp, #8]\n\t"
            "smmlar r0, r0, r2, r0\n\t"
            "smmlar r1, r1, r2, r1\n\t"
            "add r0, r0, r0, asr #31\n\t"
            "add r1, r1, r1, asr #31\n\t"
            "add r0, r0, r3\n\t"
            "add r1, r1, r3\n\t"
            "ldrd r2, r3, [sp, #16]\n\t"
            "asr r0, r0, r2\n\t"
            "asr r1, r1, r2\n\t"
            "ldr r2, [sp]\n\t"
            "ssat r0, #8, r0\n\t"
            "ssat r1, #8, r1\n\t"
            "strb r0, [lr]\n\t"
            "strb r1, [lr, r3]\n\t"
            "add lr, lr, r3, lsl #1\n\t"
            "cmp r10, r2\n\t"
            "bne.w 2b\n\t"
            "3:\n\t"
            "ldr r3, [sp, #28]\n\t"
            "cmp r3, #0\n\t"
            "beq.w 4f\n\t"
            "ldr r0, [sp, #4]\n\t"
            DEPTHWISE_ONE("r10", "r4", "r5")
            DEPTHWISE_ONE("r11", "r6", "r7")
            DEPTHWISE_ONE("r12", "r8", "r9")
            "ldrd r2, r3, [sp, #8]\n\t"
            "ldr r1, [sp, #16]\n\t"
            "smmlar r0, r0, r2, r0\n\t"
            "add r0, r0, r0, asr #31\n\t"
            "add r0, r0, r3\n\t"
            "asr r0, r0, r1\n\t"
            "ssat r0, #8, r0\n\t"
            "strb r0, [lr]\n\t"
            "4:\n\t"
            "ldrd r0, r1, [sp, #32]\n\t"
            "ldr r2, [sp, #44]\n\t"
            "ldrd r3, r12, [sp, #48]\n\t"
            "add r1, r1, r0\n\t"
            "str r1, [sp, #36]\n\t"
            "add r3, r3, r12\n\t"
            "str r3, [sp, #48]\n\t"
            "subs r2, r2, #1\n\t"
            "str r2, [sp, #44]\n\t"
            "bne.w 1b\n\t"
            "add sp, #56\n\t"
            "pop {r4-r11, pc}\n\t");
}
#endif
