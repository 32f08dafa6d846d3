#include "compiled_alone.h"
#include "flavours.h"

#if WITH_DSP && !WITH_MVE
/* What pairs_4_pixels works on. It changes `channels`, `output` and `pairs`. */
typedef struct {
    const int32_t *patches;     /* at  0: [groups][H of 4 pixels, L of 4 pixels] */
    const int32_t *patches_end; /* at  4 */
    const int32_t *weights;     /* at  8: [pairs][groups][2 channels] */
    const int32_t *channels;    /* at 12: [pairs][2 biases, 2 multipliers] */
    int8_t *output;             /* at 16 */
    int32_t pixel_bytes;        /* at 20: from an output pixel to the next */
    int32_t zero_point;         /* at 24: twice, and one more */
    int32_t pairs;              /* at 28: of channels */
    int32_t skipped;            /* at 32: groups of the first round that there are not */
} pairs_job;

/* One group of four values of four pixels, two channels: 23 instructions for 32 products, 92 bytes. */
#define PAIRS_GROUP                 \
    "ldrd r8, r9, [lr], #8\n\t"     \
    "ldrd r10, r11, [r12], #8\n\t"  \
    "smlad r0, r10, r8, r0\n\t"     \
    "smlad r1, r11, r8, r1\n\t"     \
    "smlad r4, r10, r9, r4\n\t"     \
    "smlad r5, r11, r9, r5\n\t"     \
    "ldrd r10, r11, [r12], #8\n\t"  \
    "smlad r2, r10, r8, r2\n\t"     \
    "smlad r3, r11, r8, r3\n\t"     \
    "smlad r6, r10, r9, r6\n\t"     \
    "smlad r7, r11, r9, r7\n\t"     \
    "sxtb16 r8, r8\n\t"             \
    "sxtb16 r9, r9\n\t"             \
    "ldrd r10, r11, [r12], #8\n\t"  \
    "smlad r0, r10, r8, r0\n\t"     \
    "smlad r1, r11, r8, r1\n\t"     \
    "smlad r4, r10, r9, r4\n\t"     \
    "smlad r5, r11, r9, r5\n\t"     \
    "ldrd r10, r11, [r12], #8\n\t"  \
    "smlad r2, r10, r8, r2\n\t"     \
    "smlad r3, r11, r8, r3\n\t"     \
    "smlad r6, r10, r9, r6\n\t"     \
    "smlad r7, r11, r9, r7\n\t"

/* The output stage of a sum: see fast_output_stage_int8.h. r11 is the shift to the right, r12 twice the offset. */
#define PAIRS_STAGE(sum, multiplier)                              \
    "asr " sum ", " sum ", #8\n\t"                                \
    "smmlar " sum ", " sum ", " multiplier ", " sum "\n\t"        \
    "add " sum ", " sum ", " sum ", asr #31\n\t"                  \
    "add " sum ", " sum ", r12, asr #1\n\t"                       \
    "asr " sum ", " sum ", r11\n\t"                               \
    "ssat " sum ", #8, " sum "\n\t"

/* All pairs of channels of four pixels. Their eight sums are r0-r3 and r4-r7. On the stack lie the job, the end of
 * the patches, and where in the unrolled loop the first round begins. The low byte of a bias is the channel's shift
 * to the right: it stays there, for all products are multiples of 256 when they have been added. */
__attribute__((naked)) COMPILED_ALONE static void pairs_4_pixels(pairs_job *job __attribute__((unused)))
{
    __asm__("push {r4-r11, lr}\n\t"
            "ldrd r1, lr, [r0, #4]\n\t"
            "ldr r2, [r0, #32]\n\t"
            "mov r3, #92\n\t"
            "adr.w r12, 2f\n\t"
            "mla r2, r2, r3, r12\n\t"
            "orr r2, r2, #1\n\t"
            "push {r0, r1, r2}\n\t"
            "1:\n\t"
            "ldr r0, [sp]\n\t"
            "ldr r8, [sp, #8]\n\t"
            "ldr r12, [r0]\n\t"
            "ldr r1, [r0, #12]\n\t"
            "ldrd r0, r4, [r1]\n\t"
            "mov r1, r0\n\t"
            "mov r2, r0\n\t"
            "mov r3, r0\n\t"
            "mov r5, r4\n\t"
            "mov r6, r4\n\t"
            "mov r7, r4\n\t"
            "bx r8\n\t"
            ".p2align 2\n\t"
            "2:\n\t"
            PAIRS_GROUP PAIRS_GROUP PAIRS_GROUP PAIRS_GROUP
            "ldr r10, [sp, #4]\n\t"
            "cmp r12, r10\n\t"
            "bne.w 2b\n\t"
            "ldr r12, [sp]\n\t"
            "ldr r9, [r12, #12]\n\t"
            "ldr r10, [r12, #24]\n\t"
            "ldrd r8, r11, [r9, #8]\n\t"
            "add r9, r9, #16\n\t"
            "str r9, [r12, #12]\n\t"
            "mov r9, r11\n\t"
            "uxtb r11, r0\n\t"
            "lsl r12, r10, r11\n\t"
            PAIRS_STAGE("r0", "r8")
            PAIRS_STAGE("r1", "r8")
            PAIRS_STAGE("r2", "r8")
            PAIRS_STAGE("r3", "r8")
            "uxtb r11, r4\n\t"
            "lsl r12, r10, r11\n\t"
            PAIRS_STAGE("r4", "r9")
            PAIRS_STAGE("r5", "r9")
            PAIRS_STAGE("r6", "r9")
            PAIRS_STAGE("r7", "r9")
            "ldr r12, [sp]\n\t"
            "ldrd r8, r9, [r12, #16]\n\t"
            "ldr r10, [r12, #28]\n\t"
            "add r11, r8, #2\n\t"
            "str r11, [r12, #16]\n\t"
            "strb r0, [r8]\n\t"
            "strb r4, [r8, #1]\n\t"
            "add r8, r8, r9\n\t"
            "strb r1, [r8]\n\t"
            "strb r5, [r8, #1]\n\t"
            "add r8, r8, r9\n\t"
            "strb r2, [r8]\n\t"
            "strb r6, [r8, #1]\n\t"
            "add r8, r8, r9\n\t"
            "strb r3, [r8]\n\t"
            "strb r7, [r8, #1]\n\t"
            "subs r10, r10, #1\n\t"
            "str r10, [r12, #28]\n\t"
            "bne.w 1b\n\t"
            "add sp, #12\n\t"
            "pop {r4-r11, pc}\n\t");
}
#endif
