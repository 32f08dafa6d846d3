/* What the measuring firmware offers its main function. */
#ifndef FIRMWARE_H
#define FIRMWARE_H

#include <stdint.h>

/* The work of an image; its result is the exit status. */
int firmware_main(void);

/* Arm semihosting: text and the exit status go to the emulator (or the debugger). */
void firmware_print(const char *text);
void firmware_print_hex(uint32_t value);
void firmware_exit(int status) __attribute__((noreturn));

#endif
