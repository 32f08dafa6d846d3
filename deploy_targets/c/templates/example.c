/*
 * Classifies a recording: numbers from standard input, one row for each point in time, its ${NAME}_CHANNELS values
 * separated by commas or spaces. Prints a decision for each window. On a device, push what the sensor gives instead.
 */
#include "${name}_continuous.h"

#include <stdio.h>

static ${name}_workspace workspace;
static ${name}_continuous continuous;

/* The next number, or 0 at the end of the input. */
static int read_value(float *value)
{
    int character;
    do {
        character = getchar();
    } while (character == ',' || character == ';' || character == ' ' || character == '\t' || character == '\n' ||
             character == '\r');
    if (character == EOF) {
        return 0;
    }
    ungetc(character, stdin);
    return scanf("%f", value) == 1;
}

static void on_result(void *context, const ${name}_result *result)
{
    const double end_s = (double)result->end / (double)${NAME}_SAMPLE_RATE_HZ;
    (void)context;
    if (result->answer == ${NAME}_UNCERTAIN) {
        printf("%.3f s: uncertain\n", end_s);
    } else {
        printf("%.3f s: %s (%.0f %%)\n", end_s, ${name}_labels[result->answer],
               100.0 * (double)result->smoothed[result->answer]);
    }
}

int main(void)
{
    float samples[${NAME}_CHANNELS];
    int channel = 0;

    ${name}_continuous_start(&continuous, &workspace, on_result, 0);
    while (read_value(&samples[channel])) {
        channel++;
        if (channel == ${NAME}_CHANNELS) {
            ${name}_continuous_push(&continuous, samples, 1);
            channel = 0;
        }
    }
    return 0;
}
