/*
 * ${name}_continuous.h: push samples as they come, be called with the result of each window. Made by Thimble.
 *
 * Use:
 *
 *     static void on_result(void *context, const ${name}_result *result)
 *     {
 *         if (result->answer != ${NAME}_UNCERTAIN) { ... ${name}_labels[result->answer] ... }
 *     }
 *
 *     static ${name}_workspace workspace;
 *     static ${name}_continuous continuous;
 *
 *     ${name}_continuous_start(&continuous, &workspace, on_result, 0);
 *     for (;;) {
 *         ... read some samples, as many as there are ...
 *         ${name}_continuous_push(&continuous, samples, count);
 *     }
 *
 * The first window is complete after ${NAME}_WINDOW_LENGTH points in time, each further one ${NAME}_STRIDE_LENGTH later. Every
 * result equals, bit for bit, that of ${name}_classify and ${name}_decide for the same window, whatever the pushes' sizes.
 *
$how *
 * Besides, a ${name}_continuous holds the decision and a few numbers: sizeof(${name}_continuous) is all.
 */
#ifndef ${NAME}_CONTINUOUS_H
#define ${NAME}_CONTINUOUS_H

#include "$name.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ${NAME}_CONTINUOUS_POINTS $kept_points /* points in time whose samples are kept */
#define ${NAME}_CONTINUOUS_BYTES $kept_bytes /* of the samples and frames that are kept */

/* The result of one window. The pointers are valid until the callback returns. */
typedef struct {
    int answer;                 /* the class after smoothing, or ${NAME}_UNCERTAIN; see ${name}_decide */
    const float *probabilities; /* [${NAME}_CLASSES]: of this window */
    const float *smoothed;      /* [${NAME}_CLASSES]: averages of the last ${NAME}_SMOOTH_WINDOWS window(s) */
    int64_t end;                /* how many points in time had been pushed when this window ended */
} ${name}_result;

/* Called for each window from within a push. It may not push to the same struct. */
typedef void (*${name}_on_result)(void *context, const ${name}_result *result);

/* What is known of the signal so far. Set up by ${name}_continuous_start, then only read and written by pushes. */
typedef struct {
    ${name}_workspace *workspace;
    ${name}_on_result on_result;
    void *context;
    int64_t pushed;    /* points in time so far */
    int32_t until_end; /* how many are missing to the end of the next window */
    int32_t filled;    /* how many of the last ones are in samples */
    ${name}_decision decision;
    float samples[${NAME}_CONTINUOUS_POINTS * ${NAME}_CHANNELS];
$members} ${name}_continuous;

/*
 * Forget all samples and windows.
 *
 * state:     written; any content.
 * workspace: used by each push; between pushes, other calls may use it.
 * on_result: called for each window.
 * context:   passed on to it; may be null.
 */
void ${name}_continuous_start(${name}_continuous *state, ${name}_workspace *workspace, ${name}_on_result on_result,
                              void *context);

/*
 * Take the next samples, and classify each window that they complete.
 *
 * samples: [count][${NAME}_CHANNELS], finite, as ${name}_classify takes them. Read only.
 * count:   points in time, any number; none below 1.
 */
void ${name}_continuous_push(${name}_continuous *state, const float *samples, int32_t count);

/* The same with 16-bit samples, -32768 to 32767 as -1 to 1: as recordings in WAV files are read. */
void ${name}_continuous_push_int16(${name}_continuous *state, const int16_t *samples, int32_t count);

#ifdef __cplusplus
}
#endif

#endif
