#include "board.h"

#include "firmware.h"

static int32_t next;

const float *board_next_point(void)
{
    const float *point = board_recording + (next < board_points ? next : board_points - 1) * board_channels;
    if (next < board_points) {
        next++;
    }
    return point;
}

int16_t board_next_sample(void)
{
    return (int16_t)(board_next_point()[0] * 32768.0f);
}

int32_t board_points_left(void)
{
    return board_points - next;
}

void board_print(const char *text)
{
    firmware_print(text);
}

void board_print_integer(long value)
{
    char text[24];
    unsigned long rest = value < 0 ? 0ul - (unsigned long)value : (unsigned long)value;
    int place = (int)sizeof text - 1;
    text[place] = '\0';
    do {
        text[--place] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest != 0);
    if (value < 0) {
        text[--place] = '-';
    }
    firmware_print(text + place);
}

void board_print_format(const char *format, va_list arguments)
{
    for (; *format != '\0'; format++) {
        char text[2] = {*format, '\0'};
        int longs = 0;
        if (*format != '%') {
            board_print(text);
            continue;
        }
        format++;
        for (; *format == 'l'; format++) {
            longs++;
        }
        if (*format == 's') {
            board_print(va_arg(arguments, const char *));
        } else if (*format == 'd') {
            board_print_integer(longs == 2 ? (long)va_arg(arguments, long long)
                                : longs == 1 ? va_arg(arguments, long)
                                             : va_arg(arguments, int));
        } else {
            board_print("%");
        }
    }
}

void board_exit(int status)
{
    firmware_exit(status);
}
