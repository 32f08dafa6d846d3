/* Start-up code of firmware for QEMU's RISC-V machine "virt": stack, memory, floating-point unit, traps. */
#include "firmware.h"

extern uint32_t firmware_data_load[], firmware_data_start[], firmware_data_end[];
extern uint32_t firmware_bss_start[], firmware_bss_end[];

void firmware_start(void);
void firmware_trap(void);

/* The first instruction: QEMU jumps here with nothing set up. */
__attribute__((naked, section(".start"), used)) void firmware_reset(void);
void firmware_reset(void)
{
    __asm volatile(".option push\n\t.option arch, +zicsr\n\t.option norelax\n\tla gp, __global_pointer$\n\t"
                   "la sp, firmware_stack_top\n\tla t0, firmware_trap\n\tcsrw mtvec, t0\n\t"
#ifdef __riscv_flen
                   "li t0, 0x2000\n\tcsrs mstatus, t0\n\tcsrw fcsr, zero\n\t"
#endif
                   ".option pop\n\tj firmware_start");
}

void firmware_start(void)
{
    uint32_t *target = firmware_data_start;
    const uint32_t *source = firmware_data_load;
    while (target < firmware_data_end) {
        *target++ = *source++;
    }
    for (target = firmware_bss_start; target < firmware_bss_end; ++target) {
        *target = 0;
    }
    firmware_exit(firmware_main());
}

__attribute__((aligned(4))) void firmware_trap(void)
{
    uint32_t cause, address;
    __asm volatile(".option push\n\t.option arch, +zicsr\n\tcsrr %0, mcause\n\tcsrr %1, mepc\n\t.option pop"
                    : "=r"(cause), "=r"(address));
    firmware_print("fault: status ");
    firmware_print_hex(cause);
    firmware_print(" address ");
    firmware_print_hex(address);
    firmware_print("\n");
    firmware_exit(100);
}
