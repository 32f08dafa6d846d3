/*
 * $name: raw sensor samples in, probabilities out. Made by Thimble.
 *
 * One window is $window_length values of each of $channel_count channel(s), $window_ms ms at $sample_rate_hz Hz, as
 * samples[time][channel], oldest first, in the units of the recordings that the model was trained on:
$channel_lines *
 * Classes:
$label_lines *
 * Use:
 *
 *     static ${name}_workspace workspace;
 *     static ${name}_decision decision;
 *     float probabilities[${NAME}_CLASSES];
 *
 *     ${name}_decision_start(&decision);
 *     for (;;) {
 *         ... fill samples[${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS], moving on by ${NAME}_STRIDE_LENGTH values ...
 *         ${name}_classify(&workspace, samples, probabilities);
 *         int answer = ${name}_decide(&decision, probabilities, 0);
 *         if (answer != ${NAME}_UNCERTAIN) { ... ${name}_labels[answer] ... }
 *     }
 *
 * ${name}_continuous.h does this for you: it takes samples as they come, and computes what neighbouring windows share
 * only once.
 *
 * Nothing is allocated and nothing is kept between calls but in the two structs that you pass: calls with different
 * structs may run at the same time. Build with -ffp-contract=off and without -ffast-math, and every result equals,
 * bit for bit, that of the code that was measured.
 */
#ifndef ${NAME}_H
#define ${NAME}_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ${NAME}_CHANNELS $channel_count
#define ${NAME}_WINDOW_LENGTH $window_length /* values of each channel */
#define ${NAME}_STRIDE_LENGTH $stride_length /* values between the starts of two windows */
#define ${NAME}_SAMPLE_RATE_HZ $sample_rate
#define ${NAME}_CLASSES $class_count
#define ${NAME}_FEATURES $feature_count
#define ${NAME}_SMOOTH_WINDOWS $smooth_windows /* windows that a decision averages over */
#define ${NAME}_THRESHOLD $threshold /* below it a decision is ${NAME}_UNCERTAIN */
#define ${NAME}_UNCERTAIN (-1)
#define ${NAME}_WORKSPACE_BYTES $workspace_bytes

/* Name of each class, UTF-8. */
extern const char *const ${name}_labels[${NAME}_CLASSES];

/* Working memory of one call. Its content means nothing before and after. */
typedef union {
    int64_t alignment;
    float floats[${NAME}_WORKSPACE_BYTES / 4];
    int32_t integers[${NAME}_WORKSPACE_BYTES / 4];
    int8_t bytes[${NAME}_WORKSPACE_BYTES];
} ${name}_workspace;

/* The last windows' probabilities. Set up by ${name}_decision_start, then only read and written by ${name}_decide. */
typedef struct {
    float recent[${NAME}_SMOOTH_WINDOWS][${NAME}_CLASSES];
    int32_t next;
    int32_t count;
} ${name}_decision;

/*
 * Classify one window.
 *
 * workspace:     written; any content.
 * samples:       [${NAME}_WINDOW_LENGTH][${NAME}_CHANNELS], finite. Read only.
 * probabilities: one for each class, written.
 * Returns the most probable class, the first of equals; ${NAME}_UNCERTAIN where no probability is a number.
 */
int ${name}_classify(${name}_workspace *workspace,
                     const float samples[${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS],
                     float probabilities[${NAME}_CLASSES]);

/*
 * The two halves of ${name}_classify: the features of a window, and the model's answer to them.
 * features: [${NAME}_FEATURES], outside the workspace.
 */
void ${name}_extract(${name}_workspace *workspace,
                     const float samples[${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS],
                     float features[${NAME}_FEATURES]);
int ${name}_classify_features(${name}_workspace *workspace,
                              const float features[${NAME}_FEATURES],
                              float probabilities[${NAME}_CLASSES]);

/* Forget all windows. */
void ${name}_decision_start(${name}_decision *decision);

/*
 * Average the probabilities of the last ${NAME}_SMOOTH_WINDOWS windows (of those so far, at the start) and decide.
 *
 * smoothed: the averages, written; may be null.
 * Returns the most probable class, or ${NAME}_UNCERTAIN where it is below ${NAME}_THRESHOLD.
 */
int ${name}_decide(${name}_decision *decision,
                   const float probabilities[${NAME}_CLASSES],
                   float smoothed[${NAME}_CLASSES]);

#ifdef __cplusplus
}
#endif

#endif
