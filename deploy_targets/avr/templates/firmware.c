/*
 * Classifies the voltages at the analogue pins, ${NAME}_SAMPLE_RATE_HZ times a second, and tells each decision over the
 * serial port. Made by Thimble.
 *
 * Timer 1 starts the converter; its readings wait in a buffer while a window is classified.
 */
#include <avr/interrupt.h>
#include <avr/sleep.h>

#include "${name}_continuous.h"
#include "uart.h"

/* The converter's input of each channel. Wire them as you like. */
static const __flash uint8_t INPUTS[${NAME}_CHANNELS] = {$inputs};

/* Readings that may wait: $buffered_reason */
#define BUFFERED $buffered

static volatile uint16_t readings[BUFFERED][${NAME}_CHANNELS];
static volatile uint8_t written; /* where the next reading goes */
static volatile uint8_t taken;   /* the first that was not taken; all are where both are equal */
static volatile uint8_t lost;
static uint8_t channel;

static ${name}_workspace workspace;
static ${name}_continuous continuous;

/* What a reading, 0 to 1023, means in the units of the recordings that the model was trained on. Here: volts. */
static float in_units(uint8_t which, uint16_t reading)
{
    (void)which;
    return (float)reading * (5.0f / 1024.0f);
}

static void convert(uint8_t which)
{
    channel = which;
    ADMUX = _BV(REFS0) | (INPUTS[which] & 7);
$high_inputs    ADCSRA |= _BV(ADSC);
}

ISR(TIMER1_COMPA_vect)
{
    convert(0);
}

ISR(ADC_vect)
{
    readings[written][channel] = ADC;
    if (channel + 1 < ${NAME}_CHANNELS) {
        convert((uint8_t)(channel + 1));
    } else {
        const uint8_t next = (uint8_t)(written + 1 < BUFFERED ? written + 1 : 0);
        if (next == taken) {
            lost = 1;
        } else {
            written = next;
        }
    }
}

static void on_result(void *context, const ${name}_result *result)
{
    (void)context;
    if (lost) {
        lost = 0;
        uart_text_P(PSTR("too slow: readings were lost\n"));
    }
    uart_number((uint32_t)((float)result->end * (1000.0f / ${NAME}_SAMPLE_RATE_HZ)));
    uart_text_P(PSTR(" ms: "));
    if (result->answer == ${NAME}_UNCERTAIN) {
        uart_text_P(PSTR("uncertain\n"));
    } else {
        uart_text(${name}_labels[result->answer]);
        uart_character(' ');
        uart_number((uint32_t)(100.0f * result->smoothed[result->answer] + 0.5f));
        uart_text_P(PSTR(" %\n"));
    }
}

int main(void)
{
    uart_start();
    ${name}_continuous_start(&continuous, &workspace, on_result, 0);
    ADCSRA = _BV(ADEN) | _BV(ADIE) | $adc_prescaler;
    OCR1A = $timer_top;
    TCCR1B = _BV(WGM12) | $timer_prescaler; /* $timer_hz interrupts a second */
    TIMSK1 = _BV(OCIE1A);
    sei();
    for (;;) {
        while (taken != written) {
            float sample[${NAME}_CHANNELS];
            uint8_t which;
            for (which = 0; which < ${NAME}_CHANNELS; which++) {
                sample[which] = in_units(which, readings[taken][which]);
            }
            taken = (uint8_t)(taken + 1 < BUFFERED ? taken + 1 : 0);
            ${name}_continuous_push(&continuous, sample, 1);
        }
        sleep_enable();
        sleep_cpu();
    }
}
