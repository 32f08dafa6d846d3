#include "compiled_alone.h"
#include "flavours.h"

#if WITH_DSP && !WITH_MVE
/* What dense_multiply works on. It changes `sums` and `blocks`. */
typedef struct {
    const int32_t *wide;     /* at  0: [groups][H, L] of the values */
    const int32_t *wide_end; /* at  4 */
    const int32_t *weights;  /* at  8: [blocks][groups][4 outputs], with `gap` bytes behind each block */
    int32_t gap;             /* at 12 */
    int32_t *sums;           /* at 16: [blocks][4 outputs] */
    int32_t blocks;          /* at 20 */
    int32_t odd;             /* at 24: groups % 2 */
    int32_t skipped;         /* at 28: pairs of groups of the first round that there are not */
} dense_job;

/* One group of four values, four outputs: 13 instructions for 16 products, 52 bytes. */
#define DENSE_GROUP(upper, lower)     \
    "ldmia lr!, {r4, r5, r6, r7}\n\t" \
    "smlad r0, " upper ", r4, r0\n\t" \
    "smlad r1, " upper ", r5, r1\n\t" \
    "smlad r2, " upper ", r6, r2\n\t" \
    "smlad r3, " upper ", r7, r3\n\t" \
    "sxtb16 r4, r4\n\t"               \
    "sxtb16 r5, r5\n\t"               \
    "sxtb16 r6, r6\n\t"               \
    "sxtb16 r7, r7\n\t"               \
    "smlad r0, " lower ", r4, r0\n\t" \
    "smlad r1, " lower ", r5, r1\n\t" \
    "smlad r2, " lower ", r6, r2\n\t" \
    "smlad r3, " lower ", r7, r3\n\t"

/* 108 bytes. */
#define DENSE_TWO_GROUPS "ldmia.w r12!, {r8, r9, r10, r11}\n\t" DENSE_GROUP("r8", "r9") DENSE_GROUP("r10", "r11")

/* Add the products of all values with the weights to the sums, four outputs at a time: r0-r3. On the stack lie the
 * job, the end of the values, and where in the unrolled loop the first round begins. */
__attribute__((naked)) COMPILED_ALONE static void dense_multiply(dense_job *job __attribute__((unused)))
{
    __asm__("push {r4-r11, lr}\n\t"
            "ldrd r1, lr, [r0, #4]\n\t"
            "ldr r2, [r0, #28]\n\t"
            "mov r3, #108\n\t"
            "adr.w r12, 4f\n\t"
            "mla r2, r2, r3, r12\n\t"
            "orr r2, r2, #1\n\t"
            "push {r0, r1, r2}\n\t"
            "1:\n\t"
            "ldr r12, [sp]\n\t"
            "ldr r4, [r12, #16]\n\t"
            "ldr r5, [r12, #24]\n\t"
            "ldr r12, [r12]\n\t"
            "ldmia r4, {r0, r1, r2, r3}\n\t"
            "cmp r5, #0\n\t"
            "beq.w 3f\n\t"
            "ldrd r8, r9, [r12], #8\n\t"
            DENSE_GROUP("r8", "r9")
            "3:\n\t"
            "ldrd r4, r5, [sp, #4]\n\t"
            "cmp r12, r4\n\t"
            "beq.w 5f\n\t"
            "bx r5\n\t"
            ".p2align 2\n\t"
            "4:\n\t"
            DENSE_TWO_GROUPS DENSE_TWO_GROUPS DENSE_TWO_GROUPS DENSE_TWO_GROUPS
            DENSE_TWO_GROUPS DENSE_TWO_GROUPS DENSE_TWO_GROUPS DENSE_TWO_GROUPS
            "ldr r4, [sp, #4]\n\t"
            "cmp r12, r4\n\t"
            "bne.w 4b\n\t"
            "5:\n\t"
            "ldr r12, [sp]\n\t"
            "ldr r4, [r12, #16]\n\t"
            "ldr r5, [r12, #12]\n\t"
            "ldr r6, [r12, #20]\n\t"
            "stmia r4!, {r0, r1, r2, r3}\n\t"
            "add lr, lr, r5\n\t"
            "str r4, [r12, #16]\n\t"
            "subs r6, r6, #1\n\t"
            "str r6, [r12, #20]\n\t"
            "bne.w 1b\n\t"
            "add sp, #12\n\t"
            "pop {r4-r11, pc}\n\t");
}
#endif
