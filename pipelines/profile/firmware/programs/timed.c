/* For emulators that count instructions by the core's SysTick timer: time each call and print what was found. */
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

extern uint32_t firmware_stack_bottom[];

static const float samples[${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS] = {
$samples};
${name}_workspace firmware_workspace;
float firmware_features[${NAME}_FEATURES];
float firmware_probabilities[${NAME}_CLASSES];

static uint32_t *painted_top(void)
{
    uint32_t here;
    return (uint32_t *)(((uintptr_t)&here - MARGIN_BYTES) & ~(uintptr_t)3);
}

static void start(void)
{
    SYSTICK_CONTROL = 0;
    SYSTICK_RELOAD = 0xFFFFFFu;
    SYSTICK_VALUE = 0;
    SYSTICK_CONTROL = SYSTICK_RUN;
    while (SYSTICK_VALUE == 0) {
    }
}

static void report(const char *what, uint32_t value)
{
    firmware_print(what);
    firmware_print(" ");
    firmware_print_hex(value);
    firmware_print("\n");
}

static void stop(const char *what, uint32_t began)
{
    const uint32_t ended = SYSTICK_VALUE;
    report(what, (SYSTICK_CONTROL & SYSTICK_WRAPPED) ? 0xFFFFFFFFu : began - ended);
}

int firmware_main(void)
{
    uint32_t *const top = painted_top();
    uint32_t *word;
    uint32_t began;
    int label;

    for (word = firmware_stack_bottom; word < top; ++word) {
        *(volatile uint32_t *)word = PAINT;
    }
    start();
    began = SYSTICK_VALUE;
    ${name}_classify(&firmware_workspace, samples, firmware_probabilities);
    stop("classify", began);
    for (word = firmware_stack_bottom; *(volatile uint32_t *)word == PAINT && word < top; ++word) {
    }
    report("stack", (uint32_t)((uintptr_t)top - (uintptr_t)word) + MARGIN_BYTES);
    for (label = 0; label < ${NAME}_CLASSES; ++label) {
        uint32_t bits;
        unsigned char *target = (unsigned char *)&bits;
        const unsigned char *source = (const unsigned char *)&firmware_probabilities[label];
        int byte;
        for (byte = 0; byte < 4; ++byte) {
            target[byte] = source[byte];
        }
        report("probability", bits);
    }
    start();
    began = SYSTICK_VALUE;
    ${name}_extract(&firmware_workspace, samples, firmware_features);
    stop("extract", began);
    start();
    began = SYSTICK_VALUE;
    ${name}_classify_features(&firmware_workspace, firmware_features, firmware_probabilities);
    stop("classify_features", began);
    return 0;
}
