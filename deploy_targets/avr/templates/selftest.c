/*
 * The self-test of $name: real windows, whose answers must be those that were measured. Made by Thimble.
 *
 * It tells over the serial port how it went, how many clock cycles it took and how deep the stack became; then the chip
 * sleeps.
 */
#include <avr/sleep.h>

#include "${name}_continuous.h"
#include "meter.h"
#include "uart.h"

#define WINDOWS $count
#define TOLERANCE $tolerance

static const __flash float windows[WINDOWS][${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS] = {
$windows};

static const __flash float expected[WINDOWS][${NAME}_CLASSES] = {
$expected};

static ${name}_workspace workspace;
static ${name}_continuous continuous;
static uint8_t window;
static uint8_t results;
static uint8_t failures;

static void line(const char *what, uint32_t value)
{
    uart_text_P(what);
    uart_character(' ');
    uart_number(value);
    uart_character('\n');
}

static uint32_t bits(float value)
{
    union {
        float value;
        uint32_t bits;
    } both;
    both.value = value;
    return both.bits;
}

static void on_result(void *context, const ${name}_result *result)
{
    uint8_t differs = 0;
    uint8_t label;
    (void)context;
    results++;
    if (result->end != ${NAME}_WINDOW_LENGTH) {
        return;
    }
    for (label = 0; label < ${NAME}_CLASSES; label++) {
        const float wanted = expected[window][label];
        const float difference = result->probabilities[label] - wanted;
        /* Written so that "not a number" fails too. */
        if (!(difference <= TOLERANCE && difference >= -TOLERANCE)) {
            differs = 1;
            line(PSTR("differs: window"), window);
            line(PSTR("  class"), label);
            line(PSTR("  expected, as bits"), bits(wanted));
            line(PSTR("  got, as bits"), bits(result->probabilities[label]));
        }
    }
    failures = (uint8_t)(failures + differs);
}

/* Push points of the window; the longest push in cycles. */
static uint32_t push(int32_t count)
{
    uint32_t longest = 0;
    int32_t point;
    for (point = 0; point < count; point++) {
        float sample[${NAME}_CHANNELS];
        uint32_t cycles;
        uint8_t channel;
        for (channel = 0; channel < ${NAME}_CHANNELS; channel++) {
            sample[channel] = windows[window][(point % ${NAME}_WINDOW_LENGTH) * ${NAME}_CHANNELS + channel];
        }
        cycles = cycles_now();
        ${name}_continuous_push(&continuous, sample, 1);
        cycles = cycles_now() - cycles;
        longest = cycles > longest ? cycles : longest;
    }
    return longest;
}

int main(void)
{
    uint32_t cycles;
    uint32_t longest = 0;
    stack_paint();
    uart_start();
    cycles_start();
    for (window = 0; window < WINDOWS; window++) {
        ${name}_continuous_start(&continuous, &workspace, on_result, 0);
        push(${NAME}_WINDOW_LENGTH);
    }
    window = WINDOWS - 1;
    cycles = cycles_now();
    longest = push(${NAME}_STRIDE_LENGTH);
    line(PSTR("cycles for each further window:"), cycles_now() - cycles);
    line(PSTR("cycles of the longest push:"), longest);
    line(PSTR("bytes of stack:"), stack_bytes());
    line(PSTR("windows that differ:"), failures);
    if (failures == 0 && results == WINDOWS + 1) {
        uart_text_P(PSTR("$name: the self-test passed\n"));
    } else {
        uart_text_P(PSTR("$name: the self-test failed\n"));
    }
    uart_finish();
    cli();
    sleep_enable();
    sleep_cpu();
    return 0;
}
