#include "flavours.h"

#if WITH_MVE
/* Write count bytes, none if that is not positive. */
static inline void mve_fill_bytes(int8_t *target, int8_t value, int32_t count)
{
    __asm__ volatile("vdup.8 q0, %[value]\n\t"
                     "wlstp.8 lr, %[count], 2f\n"
                     "1:\n\t"
                     "vstrb.8 q0, [%[target]], #16\n\t"
                     "letp lr, 1b\n"
                     "2:\n\t"
                     : [target] "+r"(target)
                     : [count] "r"(count), [value] "r"(value)
                     : "lr", "q0", "memory");
}
#endif
