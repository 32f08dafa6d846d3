#include "flavours.h"

#if WITH_MVE
/* Copy count bytes, none if that is not positive, and touch none beyond. Behind it where each pointer was moved. */
static inline void mve_copy_bytes(int8_t *target, const int8_t *source, int32_t count)
{
    __asm__ volatile("wlstp.8 lr, %[count], 2f\n"
                     "1:\n\t"
                     "vldrb.8 q0, [%[source]], #16\n\t"
                     "vstrb.8 q0, [%[target]], #16\n\t"
                     "letp lr, 1b\n"
                     "2:\n\t"
                     : [target] "+r"(target), [source] "+r"(source)
                     : [count] "r"(count)
                     : "lr", "q0", "memory");
}
#endif
