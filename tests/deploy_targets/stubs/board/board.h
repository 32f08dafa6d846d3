/* What all stand-ins share: a recording that sensors read from, and text that goes to the emulator. */
#ifndef BOARD_H
#define BOARD_H

#include <stdarg.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The recording, made by the test: [board_points][board_channels]. */
extern const float board_recording[];
extern const int32_t board_points;
extern const int32_t board_channels;

/* The next point in time, BOARD_MAX_CHANNELS values at most; after the end, the last point again. Returns its values. */
const float *board_next_point(void);
/* The same as the 16-bit sample of a recording with one channel. */
int16_t board_next_sample(void);
/* How many points have not been read. */
int32_t board_points_left(void);

void board_print(const char *text);
void board_print_integer(long value);
/* As printf, with %s, %d, %ld, %lld and %% alone. */
void board_print_format(const char *format, va_list arguments);
void board_exit(int status) __attribute__((noreturn));

#ifdef __cplusplus
}
#endif

#endif
