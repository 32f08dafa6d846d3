/* Text and exit status through Arm semihosting (Arm IHI 0051, "Semihosting for AArch32 and AArch64"). */
#include "firmware.h"

#define SYS_WRITE0 0x04u
#define SYS_EXIT_EXTENDED 0x20u
#define APPLICATION_EXIT 0x20026u

static void call(uint32_t operation, const void *parameter) {
    register uint32_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = parameter;
    __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
}

void firmware_print(const char *text) {
    call(SYS_WRITE0, text);
}

void firmware_print_hex(uint32_t value) {
    /* Set by hand: an initialiser would be a call of memcpy, which images would then hold without using it. */
    volatile char text[11];
    int digit;
    text[0] = '0';
    text[1] = 'x';
    text[10] = '\0';
    for (digit = 9; digit >= 2; --digit) {
        text[digit] = "0123456789abcdef"[value & 15u];
        value >>= 4;
    }
    firmware_print((const char *)text);
}

void firmware_exit(int status) {
    const uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)status};
    for (;;) {
        call(SYS_EXIT_EXTENDED, block);
    }
}
