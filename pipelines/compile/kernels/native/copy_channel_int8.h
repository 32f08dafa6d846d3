#include "compiled_alone.h"
#include "maybe_unused.h"

/* Copy `count` values of one channel, `step` apart, widened, to places `gap` apart; and so on for `lines` of them,
 * `line_step` apart, to lines `width` apart. */
MAYBE_UNUSED COMPILED_ALONE static void copy_channel_int8(const int8_t *values, int32_t step, int32_t line_step,
                                                          int32_t lines, int32_t count, int16_t *copy, int32_t width,
                                                          int32_t gap)
{
    for (; lines > 0; --lines, values += line_step, copy += width) {
        const int8_t *value = values;
        int16_t *target = copy;
        int32_t rest = count;
        for (; rest >= 4; rest -= 4) {
            const int16_t value0 = *value;
            const int16_t value1 = *(value += step);
            const int16_t value2 = *(value += step);
            const int16_t value3 = *(value += step);
            value += step;
            *target = value0;
            *(target += gap) = value1;
            *(target += gap) = value2;
            *(target += gap) = value3;
            target += gap;
        }
        for (; rest > 0; --rest, value += step, target += gap) {
            *target = *value;
        }
    }
}
