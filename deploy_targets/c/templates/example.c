/*
 * Classifies a recording: numbers from standard input, one row for each point in time, its ${NAME}_CHANNELS values
 * separated by commas or spaces. Prints a decision for each window. On a device, read the sensor instead.
 */
#include "$name.h"

#include <stdio.h>
#include <string.h>

#define WINDOW_VALUES (${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS)
#define KEPT_LENGTH (${NAME}_WINDOW_LENGTH > ${NAME}_STRIDE_LENGTH ? ${NAME}_WINDOW_LENGTH - ${NAME}_STRIDE_LENGTH : 0)

static ${name}_workspace workspace;
static ${name}_decision decision;
static float samples[WINDOW_VALUES];

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

int main(void)
{
    float probabilities[${NAME}_CLASSES];
    float averages[${NAME}_CLASSES];
    long end = 0;
    int filled = 0;
    int to_skip = 0;
    float value;

    ${name}_decision_start(&decision);
    while (read_value(&value)) {
        if (to_skip > 0) {
            to_skip--;
            end++;
            continue;
        }
        samples[filled++] = value;
        end++;
        if (filled == WINDOW_VALUES) {
            int answer;
            ${name}_classify(&workspace, samples, probabilities);
            answer = ${name}_decide(&decision, probabilities, averages);
            printf("%.3f s: %s", (double)end / ${NAME}_CHANNELS / (double)${NAME}_SAMPLE_RATE_HZ,
                   answer == ${NAME}_UNCERTAIN ? "uncertain" : ${name}_labels[answer]);
            if (answer != ${NAME}_UNCERTAIN) {
                printf(" (%.0f %%)", 100.0 * (double)averages[answer]);
            }
            printf("\n");
            filled = KEPT_LENGTH * ${NAME}_CHANNELS;
            to_skip = ${NAME}_STRIDE_LENGTH > ${NAME}_WINDOW_LENGTH
                          ? (${NAME}_STRIDE_LENGTH - ${NAME}_WINDOW_LENGTH) * ${NAME}_CHANNELS
                          : 0;
            memmove(samples, samples + (WINDOW_VALUES - filled), (size_t)filled * sizeof samples[0]);
        }
    }
    return 0;
}
