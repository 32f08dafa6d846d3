/* A compiled model and its arena, in which the emulator writes the input and reads the output. */
#include "$name.h"
#include "firmware.h"

uint32_t firmware_arena[(${NAME}_ARENA_BYTES + 3) / 4];
volatile int firmware_runs = 1;

int firmware_main(void)
{
    while (firmware_runs != 0) {
#ifdef ${NAME}_STATE_BYTES
        ${name}_reset(firmware_arena);
#endif
        ${name}_invoke(firmware_arena);
    }
    return 0;
}
