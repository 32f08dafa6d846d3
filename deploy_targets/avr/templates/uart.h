/* Text over the first serial port: 8 bits, no parity, one stop bit. */
#ifndef UART_H
#define UART_H

#include <avr/io.h>
#include <avr/pgmspace.h>
#include <stdint.h>

#define UART_BAUD 115200UL

static inline void uart_start(void)
{
    UCSR0A = _BV(U2X0);
    UBRR0 = (uint16_t)((F_CPU + UART_BAUD * 4) / (UART_BAUD * 8) - 1);
    UCSR0B = _BV(TXEN0);
}

static inline void uart_character(char character)
{
    while (!(UCSR0A & _BV(UDRE0))) {
    }
    /* A written 1 clears TXC0, which then tells when this character has left. */
    UCSR0A = _BV(U2X0) | _BV(TXC0);
    UDR0 = (uint8_t)character;
}

/* Wait until the last character has left. */
static inline void uart_finish(void)
{
    while (!(UCSR0A & _BV(TXC0))) {
    }
}

static inline void uart_text(const char *text)
{
    while (*text) {
        uart_character(*text++);
    }
}

/* Text that lies in flash: uart_text_P(PSTR("...")). */
static inline void uart_text_P(const char *text)
{
    char character;
    while ((character = (char)pgm_read_byte(text++)) != 0) {
        uart_character(character);
    }
}

static inline void uart_number(uint32_t value)
{
    char digits[11];
    char *first = digits + 10;
    *first = 0;
    do {
        *--first = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    uart_text(first);
}

#endif
