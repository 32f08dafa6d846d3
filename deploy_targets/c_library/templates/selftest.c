/* The self-test of $name. Made by Thimble. */
#include "${name}_selftest.h"

#define WINDOWS $count
#define TOLERANCE $tolerance

static const float windows[WINDOWS][${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS] = {
$windows};

static const float expected[WINDOWS][${NAME}_CLASSES] = {
$expected};

int ${name}_selftest(${name}_workspace *workspace,
                     void (*failed)(int window, int label, float expected, float got))
{
    float probabilities[${NAME}_CLASSES];
    int failures = 0;
    int window;
    int label;
    for (window = 0; window < WINDOWS; window++) {
        int differs = 0;
        ${name}_classify(workspace, windows[window], probabilities);
        for (label = 0; label < ${NAME}_CLASSES; label++) {
            const float difference = probabilities[label] - expected[window][label];
            /* Written so that "not a number" fails too. */
            if (!(difference <= TOLERANCE && difference >= -TOLERANCE)) {
                differs = 1;
                if (failed) {
                    failed(window, label, expected[window][label], probabilities[label]);
                }
            }
        }
        failures += differs;
    }
    return failures;
}
