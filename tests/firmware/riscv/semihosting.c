/* Text and exit status through semihosting ("RISC-V Semihosting", version 1.0: Arm's calls behind its own trap). */
#include "firmware.h"

#define SYS_WRITE0 0x04u
#define SYS_EXIT_EXTENDED 0x20u
#define APPLICATION_EXIT 0x20026u

static void call(uint32_t operation, const void *parameter)
{
    register uint32_t a0 __asm("a0") = operation;
    register const void *a1 __asm("a1") = parameter;
    /* The three instructions are recognised as a group; they may not be compressed, nor cross a page. */
    __asm volatile(".balign 16\n\t.option push\n\t.option norvc\n\tslli x0, x0, 0x1f\n\tebreak\n\t"
                   "srai x0, x0, 7\n\t.option pop"
                   : "+r"(a0)
                   : "r"(a1)
                   : "memory");
}

void firmware_print(const char *text)
{
    call(SYS_WRITE0, text);
}

void firmware_print_hex(uint32_t value)
{
    char text[11];
    int digit;
    text[0] = '0';
    text[1] = 'x';
    text[10] = '\0';
    for (digit = 9; digit >= 2; --digit) {
        text[digit] = "0123456789abcdef"[value & 15u];
        value >>= 4;
    }
    firmware_print(text);
}

void firmware_exit(int status)
{
    const uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)status};
    for (;;) {
        call(SYS_EXIT_EXTENDED, block);
    }
}
