#include "flavours.h"

#if WITH_MVE
/* Copy `rows` (at least one) times count bytes, and touch none beyond. */
static inline void mve_copy_rows(int8_t *target, int32_t target_pitch, const int8_t *source, int32_t source_pitch,
                                 int32_t count, int32_t rows)
{
    const int8_t *from;
    int8_t *to;
    __asm__ volatile("1:\n\t"
                     "mov %[from], %[source]\n\t"
                     "mov %[to], %[target]\n\t"
                     "wlstp.8 lr, %[count], 3f\n"
                     "2:\n\t"
                     "vldrb.8 q0, [%[from]], #16\n\t"
                     "vstrb.8 q0, [%[to]], #16\n\t"
                     "letp lr, 2b\n"
                     "3:\n\t"
                     "add %[source], %[source], %[source_pitch]\n\t"
                     "add %[target], %[target], %[target_pitch]\n\t"
                     "subs %[rows], %[rows], #1\n\t"
                     "bne 1b\n\t"
                     : [target] "+&r"(target), [source] "+&r"(source), [rows] "+&r"(rows), [from] "=&r"(from),
                       [to] "=&r"(to)
                     : [count] "r"(count), [source_pitch] "r"(source_pitch), [target_pitch] "r"(target_pitch)
                     : "lr", "q0", "cc", "memory");
}
#endif
