#include "compiled_alone.h"
#include "flavours.h"
#include "output_stage_int8.h"

#if WITH_MVE
/* 16 values of each of two pixels with 16 weights of each of four channels: 14 instructions for 128 products. */
#define MVE_2_BY_4(multiply)    \
    "vldrb.8 q0, [%[a]], #16\n" \
    "vldrb.8 q1, [%[w]], #16\n" \
    multiply " r0, q0, q1\n"    \
    "vldrb.8 q2, [%[b]], #16\n" \
    multiply " r8, q2, q1\n"    \
    "vldrb.8 q1, [%[w]], #16\n" \
    multiply " r2, q0, q1\n"    \
    "vldrb.8 q3, [%[w]], #16\n" \
    multiply " r10, q2, q1\n"   \
    multiply " r4, q0, q3\n"    \
    "vldrb.8 q1, [%[w]], #16\n" \
    multiply " r12, q2, q3\n"   \
    multiply " r6, q0, q1\n"    \
    multiply " lr, q2, q1\n"

/* 16 * steps values of each, and the sums into a vector for each pixel. After the first step two are done at a time,
 * or one in the first round. */
#define MVE_ALL_2_BY_4(sums0, sums1)             \
    MVE_2_BY_4("vmladav.s8")                     \
    "lsrs %[steps], %[steps], #1\n"              \
    "beq 4f\n"                                   \
    "bcc 3f\n"                                   \
    "2:\n"                                       \
    MVE_2_BY_4("vmladava.s8")                    \
    "3:\n"                                       \
    MVE_2_BY_4("vmladava.s8")                    \
    "subs %[steps], %[steps], #1\n"              \
    "bne 2b\n"                                   \
    "4:\n"                                       \
    "vmov " sums0 "[2], " sums0 "[0], r0, r4\n"  \
    "vmov " sums0 "[3], " sums0 "[1], r2, r6\n"  \
    "vmov " sums1 "[2], " sums1 "[0], r8, r12\n" \
    "vmov " sums1 "[3], " sums1 "[1], r10, lr\n"

#define MVE_EACH_SUM(operation, operand)        \
    operation " q4, q4, " operand "\n"         \
    operation " q5, q5, " operand "\n"         \
    operation " q6, q6, " operand "\n"         \
    operation " q7, q7, " operand "\n"

#define MVE_ROUND_AWAY(sums)         \
    "vshr.s32 q0, " sums ", #31\n"  \
    "vadd.i32 " sums ", " sums ", q0\n"

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
    int32_t steps;
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
    int32_t count;
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
    pixels.steps = steps;
    pixels.weights_bytes = 64 * steps;
    __asm__ volatile("1:\n"
                     "ldrd %[a], %[b], [%[p], #40]\n"
                     "ldr %[steps], [%[p], #56]\n"
                     MVE_ALL_2_BY_4("q4", "q5")
                     "ldrd %[steps], %[a], [%[p], #56]\n"
                     "sub %[w], %[w], %[a]\n"
                     "ldrd %[a], %[b], [%[p], #48]\n"
                     MVE_ALL_2_BY_4("q6", "q7")
                     "ldr r0, [%[p], #16]\n"
                     "ldrd r2, r4, [%[p], #24]\n"
                     "ldrd r6, r8, [%[p], #32]\n"
                     "vldrw.32 q1, [r0, #16]\n"
                     "vldrw.32 q2, [r0, #32]\n"
                     "vldrw.32 q0, [r0], #48\n"
                     "str r0, [%[p], #16]\n"
                     MVE_EACH_SUM("vadd.i32", "q0")
                     MVE_EACH_SUM("vqrdmulh.s32", "q1")
                     "cmp r4, #0\n"
                     "beq 5f\n"
                     MVE_ROUND_AWAY("q4") MVE_ROUND_AWAY("q5") MVE_ROUND_AWAY("q6") MVE_ROUND_AWAY("q7")
                     "5:\n"
                     MVE_EACH_SUM("vrshl.s32", "q2")
                     MVE_EACH_SUM("vadd.i32", "r2")
                     "vdup.32 q0, r6\n"
                     "vdup.32 q1, r8\n"
                     MVE_EACH_SUM("vmax.s32", "q0")
                     MVE_EACH_SUM("vmin.s32", "q1")
                     "ldr %[steps], [%[p], #20]\n"
                     "ldm %[p], {r0, r2, r4, r6}\n"
                     "vctp.32 %[steps]\n"
                     "vpstttt\n"
                     "vstrbt.32 q7, [r6], #4\n"
                     "vstrbt.32 q6, [r4], #4\n"
                     "vstrbt.32 q5, [r2], #4\n"
                     "vstrbt.32 q4, [r0], #4\n"
                     "stm %[p], {r0, r2, r4, r6}\n"
                     "subs %[steps], %[steps], #4\n"
                     "str %[steps], [%[p], #20]\n"
                     "bgt 1b\n"
                     : [w] "+&r"(weights), [a] "=&r"(first), [b] "=&r"(second), [steps] "=&r"(count)
                     : [p] "r"(&pixels)
                     : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "q0", "q1", "q2", "q3", "q4", "q5", "q6",
                       "q7", "cc", "memory");
}
#endif
