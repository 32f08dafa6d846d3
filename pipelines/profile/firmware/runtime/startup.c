/* Start-up code of the firmware that measures a library: vector table, memory, floating-point unit. */
#include "firmware.h"

extern uint32_t firmware_data_load[], firmware_data_start[], firmware_data_end[];
extern uint32_t firmware_bss_start[], firmware_bss_end[], firmware_stack_top[];

#define COPROCESSOR_ACCESS (*(volatile uint32_t *)0xE000ED88u)
#define FAULT_STATUS (*(volatile uint32_t *)0xE000ED28u)
#define FAULT_ADDRESS (*(volatile uint32_t *)0xE000ED38u)

void firmware_reset(void);

void firmware_reset(void) {
    /* volatile: a plain loop would become a call of memcpy, which images would then hold without using it. */
    volatile uint32_t *target = firmware_data_start;
    const uint32_t *source = firmware_data_load;
#ifdef FIRMWARE_HAS_FPU
    COPROCESSOR_ACCESS |= 0xFu << 20;
    __asm volatile("dsb\n\tisb" ::: "memory");
#endif
    while (target < firmware_data_end) {
        *target++ = *source++;
    }
    for (target = firmware_bss_start; target < firmware_bss_end; ++target) {
        *target = 0;
    }
    firmware_exit(firmware_main());
}

static void fault(void) {
    firmware_print("fault: status ");
    firmware_print_hex(FAULT_STATUS);
    firmware_print(" address ");
    firmware_print_hex(FAULT_ADDRESS);
    firmware_print("\n");
    firmware_exit(100);
}

__attribute__((section(".vectors"), used)) static const uintptr_t vectors[16] = {
    (uintptr_t)firmware_stack_top, (uintptr_t)firmware_reset, (uintptr_t)fault, (uintptr_t)fault,
    (uintptr_t)fault,              (uintptr_t)fault,          (uintptr_t)fault, (uintptr_t)fault,
};
