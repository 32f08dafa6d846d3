/* What the self-test measures on the chip itself: clock cycles, by timer 1, and the depth of the stack. */
#ifndef METER_H
#define METER_H

#include <avr/interrupt.h>
#include <avr/io.h>
#include <stdint.h>

#define STACK_PAINT 0xA5

extern uint8_t _end; /* the first byte behind the variables */
static volatile uint16_t cycles_overflows;

ISR(TIMER1_OVF_vect)
{
    cycles_overflows++;
}

static inline void cycles_start(void)
{
    TCCR1A = 0;
    TCCR1B = _BV(CS10);
    TIMSK1 = _BV(TOIE1);
    sei();
}

static uint32_t cycles_now(void)
{
    uint16_t low;
    uint16_t high;
    cli();
    low = TCNT1;
    high = cycles_overflows;
    if ((TIFR1 & _BV(TOV1)) && low < 0x8000u) {
        high++; /* it overflowed, and its interrupt is still to come */
    }
    sei();
    return ((uint32_t)high << 16) | low;
}

/* Fill what is free with a pattern. */
static inline void stack_paint(void)
{
    uint8_t *byte = &_end;
    while (byte < (uint8_t *)(SP - 8u)) {
        *byte++ = STACK_PAINT;
    }
}

/* How many bytes the stack has taken since, at its deepest. */
static inline uint16_t stack_bytes(void)
{
    const uint8_t *byte = &_end;
    while (byte <= (const uint8_t *)RAMEND && *byte == STACK_PAINT) {
        byte++;
    }
    return (uint16_t)((uint16_t)RAMEND + 1u - (uint16_t)byte);
}

#endif
