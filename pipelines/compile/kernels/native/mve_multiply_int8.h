#include "compiled_alone.h"
#include "flavours.h"
#include "output_stage_int8.h"

#if WITH_MVE
/* 16 values of each of two pixels with 16 weights of each of four channels: 14 instructions for 128 products. */
#define MVE_MULTIPLY_2_BY_4(multiply)    \
    "vldrb.8 q0, [%[first]], #16\n\t"    \
    "vldrb.8 q1, [%[weights]], #16\n\t"  \
    multiply " r0, q0, q1\n\t"           \
    "vldrb.8 q2, [%[second]], #16\n\t"   \
    multiply " r8, q2, q1\n\t"           \
    "vldrb.8 q1, [%[weights]], #16\n\t"  \
    multiply " r2, q0, q1\n\t"           \
    "vldrb.8 q3, [%[weights]], #16\n\t"  \
    multiply " r10, q2, q1\n\t"          \
    multiply " r4, q0, q3\n\t"           \
    "vldrb.8 q1, [%[weights]], #16\n\t"  \
    multiply " r12, q2, q3\n\t"          \
    multiply " r6, q0, q1\n\t"           \
    multiply " lr, q2, q1\n\t"

/* 16 * (rest + 1) values of each, and the sums into a vector for each pixel. */
#define MVE_MULTIPLY_ALL_2_BY_4(sums0, sums1)     \
    MVE_MULTIPLY_2_BY_4("vmladav.s8")             \
    "lsrs %[rest], %[rest], #1\n\t"               \
    "bcc 2f\n\t"                                  \
    MVE_MULTIPLY_2_BY_4("vmladava.s8")            \
    "2:\n\t"                                      \
    "beq 4f\n"                                    \
    "3:\n\t"                                      \
    MVE_MULTIPLY_2_BY_4("vmladava.s8")            \
    MVE_MULTIPLY_2_BY_4("vmladava.s8")            \
    "subs %[rest], %[rest], #1\n\t"               \
    "bne 3b\n"                                    \
    "4:\n\t"                                      \
    "vmov " sums0 "[2], " sums0 "[0], r0, r4\n\t" \
    "vmov " sums0 "[3], " sums0 "[1], r2, r6\n\t" \
    "vmov " sums1 "[2], " sums1 "[0], r8, r12\n\t" \
    "vmov " sums1 "[3], " sums1 "[1], r10, lr\n\t"

#define MVE_EACH_SUM(operation, operand)        \
    operation " q4, q4, " operand "\n\t"        \
    operation " q5, q5, " operand "\n\t"        \
    operation " q6, q6, " operand "\n\t"        \
    operation " q7, q7, " operand "\n\t"

#define MVE_ROUND_AWAY(sums)         \
    "vshr.s32 q0, " sums ", #31\n\t" \
    "vadd.i32 " sums ", " sums ", q0\n\t"

/* What the loop over channels works with; its assembly knows where each field lies. */
typedef struct {
    int8_t *targets[4];
    const int32_t *channels;
    int32_t outputs;
    int32_t zero_point;
    int32_t rounds_away;
    int32_t least;
    int32_t greatest;
    const int8_t *patches[4];
    int32_t rest;
    int32_t weights_bytes;
} mve_pixels_int8;

/* All outputs of four pixels, from `patches` of `16 * steps` values. Weights are
 * [outputs / 4][steps][4 channels][16], `channels` [outputs / 4][bias, multiplier, shift][4], both filled up with
 * zeros. Shifts are to the right. Pixels 3, 2, 1, 0 are written in this order, so that absent ones may have the place
 * of pixel 0.
 *
 * The reference rounds halves away from zero, VRSHL rounds them up: a negative product is made one less first.
 * Where an activation brings all that is below the zero point to one value, that shows nowhere.
 *
 * VMLADAV adds into even registers only, of which all eight are taken: hence the assembly. */
COMPILED_ALONE static void mve_multiply_4_pixels(const output_stage_int8 *stage, const int8_t *patches,
                                                 int32_t steps, const int8_t *weights, const int32_t *channels,
                                                 int32_t outputs, int8_t *const *targets)
{
    mve_pixels_int8 pixels;
    const int8_t *first;
    const int8_t *second;
    int32_t rest;
    for (int32_t i = 0; i < 4; ++i) {
        pixels.targets[i] = targets[i];
        pixels.patches[i] = patches + 16 * i * steps;
    }
    pixels.channels = channels;
    pixels.outputs = outputs;
    pixels.zero_point = stage->zero_point;
    pixels.rounds_away = stage->least < stage->zero_point;
    pixels.least = stage->least;
    pixels.greatest = stage->greatest;
    pixels.rest = steps - 1;
    pixels.weights_bytes = 64 * steps;
    __asm__ volatile("1:\n\t"
                     "ldrd %[first], %[second], [%[pixels], #40]\n\t"
                     "ldr %[rest], [%[pixels], #56]\n\t"
                     MVE_MULTIPLY_ALL_2_BY_4("q4", "q5")
                     "ldrd %[rest], %[first], [%[pixels], #56]\n\t"
                     "sub %[weights], %[weights], %[first]\n\t"
                     "ldrd %[first], %[second], [%[pixels], #48]\n\t"
                     MVE_MULTIPLY_ALL_2_BY_4("q6", "q7")
                     "ldr r0, [%[pixels], #16]\n\t"
                     "ldrd r2, r4, [%[pixels], #24]\n\t"
                     "ldrd r6, r8, [%[pixels], #32]\n\t"
                     "vldrw.32 q1, [r0, #16]\n\t"
                     "vldrw.32 q2, [r0, #32]\n\t"
                     "vldrw.32 q0, [r0], #48\n\t"
                     "str r0, [%[pixels], #16]\n\t"
                     MVE_EACH_SUM("vadd.i32", "q0")
                     MVE_EACH_SUM("vqrdmulh.s32", "q1")
                     "cmp r4, #0\n\t"
                     "beq 5f\n\t"
                     MVE_ROUND_AWAY("q4") MVE_ROUND_AWAY("q5") MVE_ROUND_AWAY("q6") MVE_ROUND_AWAY("q7")
                     "5:\n\t"
                     MVE_EACH_SUM("vrshl.s32", "q2")
                     MVE_EACH_SUM("vadd.i32", "r2")
                     "vdup.32 q0, r6\n\t"
                     "vdup.32 q1, r8\n\t"
                     MVE_EACH_SUM("vmax.s32", "q0")
                     MVE_EACH_SUM("vmin.s32", "q1")
                     "ldr %[rest], [%[pixels], #20]\n\t"
                     "ldm %[pixels], {r0, r2, r4, r6}\n\t"
                     "vctp.32 %[rest]\n\t"
                     "vpstttt\n\t"
                     "vstrbt.32 q7, [r6], #4\n\t"
                     "vstrbt.32 q6, [r4], #4\n\t"
                     "vstrbt.32 q5, [r2], #4\n\t"
                     "vstrbt.32 q4, [r0], #4\n\t"
                     "stm %[pixels], {r0, r2, r4, r6}\n\t"
                     "subs %[rest], %[rest], #4\n\t"
                     "str %[rest], [%[pixels], #20]\n\t"
                     "bgt 1b\n\t"
                     : [weights] "+r"(weights), [first] "=&r"(first), [second] "=&r"(second), [rest] "=&r"(rest)
                     : [pixels] "r"(&pixels)
                     : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6",
                       "q7", "cc", "memory");
}
#endif
