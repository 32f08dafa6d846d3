/* The self-test of $name: real windows, and the probabilities that the measured code gave for them. */
#ifndef ${NAME}_SELFTEST_H
#define ${NAME}_SELFTEST_H

#include "$name.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Classify every window of the self-test and compare.
 *
 * workspace: working memory, written.
 * failed:    called for each probability that differs; may be null.
 * Returns how many windows differ: 0 means that this build computes what was measured.
 */
int ${name}_selftest(${name}_workspace *workspace,
                     void (*failed)(int window, int label, float expected, float got));

#ifdef __cplusplus
}
#endif

#endif
