/* A compiled model on emulators that count instructions by the core's SysTick timer: each input's output, and the ticks
 * of the last call, in all and of each layer. */
#include <string.h>

#include "$name.h"
#include "firmware.h"

#define SYSTICK_CONTROL (*(volatile uint32_t *)0xE000E010u)
#define SYSTICK_RELOAD (*(volatile uint32_t *)0xE000E014u)
#define SYSTICK_VALUE (*(volatile uint32_t *)0xE000E018u)
#define SYSTICK_RUN 5u
#define SYSTICK_WRAPPED (1u << 16)
#define PAINT 0xA5A5A5A5u
/* Bytes below the stack pointer that painting leaves alone, for its own frame. */
#define MARGIN_BYTES 256u
#define LAYERS $layers
#define RUNS $runs

extern uint32_t firmware_stack_bottom[];
void firmware_enter_layer(int layer);

static const uint8_t inputs[RUNS][$input_bytes] = {
$inputs};
uint32_t firmware_arena[(${NAME}_ARENA_BYTES + 3) / 4];
static uint32_t layer_ticks[LAYERS];
static uint32_t entered;
static int present;

void firmware_enter_layer(int layer)
{
    const uint32_t now = SYSTICK_VALUE;
    layer_ticks[present] += entered - now;
    entered = now;
    present = layer;
}

static void report(const char *what, uint32_t value)
{
    firmware_print(what);
    firmware_print(" ");
    firmware_print_hex(value);
    firmware_print("\n");
}

static void report_output(void)
{
    const unsigned char *const output = (const unsigned char *)firmware_arena + ${NAME}_OUTPUT_OFFSET;
    uint32_t place;
    for (place = 0; place < $output_bytes; place += 4) {
        uint32_t word = 0;
        uint32_t byte;
        for (byte = 0; byte < 4 && place + byte < $output_bytes; ++byte) {
            word |= (uint32_t)output[place + byte] << (8 * byte);
        }
        report("output", word);
    }
}

static uint32_t *painted_top(void)
{
    uint32_t here;
    return (uint32_t *)(((uintptr_t)&here - MARGIN_BYTES) & ~(uintptr_t)3);
}

int firmware_main(void)
{
    uint32_t *const top = painted_top();
    uint32_t *word;
    uint32_t began = 0;
    int run, layer;

    for (word = firmware_stack_bottom; word < top; ++word) {
        *(volatile uint32_t *)word = PAINT;
    }
    for (run = 0; run < RUNS; ++run) {
#ifdef ${NAME}_STATE_BYTES
        ${name}_reset(firmware_arena);
#endif
        memcpy((unsigned char *)firmware_arena + ${NAME}_INPUT_OFFSET, inputs[run], $input_bytes);
        for (layer = 0; layer < LAYERS; ++layer) {
            layer_ticks[layer] = 0;
        }
        SYSTICK_CONTROL = 0;
        SYSTICK_RELOAD = 0xFFFFFFu;
        SYSTICK_VALUE = 0;
        SYSTICK_CONTROL = SYSTICK_RUN;
        while (SYSTICK_VALUE == 0) {
        }
        present = 0;
        began = entered = SYSTICK_VALUE;
        ${name}_invoke(firmware_arena);
        firmware_enter_layer(0);
        began = (SYSTICK_CONTROL & SYSTICK_WRAPPED) ? 0xFFFFFFFFu : began - entered;
        report_output();
    }
    for (word = firmware_stack_bottom; *(volatile uint32_t *)word == PAINT && word < top; ++word) {
    }
    report("stack", (uint32_t)((uintptr_t)top - (uintptr_t)word) + MARGIN_BYTES);
    report("ticks", began);
    for (layer = 0; layer < LAYERS; ++layer) {
        report("layer", layer_ticks[layer]);
    }
    return 0;
}
