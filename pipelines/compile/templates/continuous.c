/* Continuous inference of $name. Made by Thimble; see ${name}_continuous.h. */
#include "${name}_continuous.h"

#include <string.h>

#include "${name}_features.h"

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

${frames}$unroll/* The window that ends with the last sample is complete: its features, the network, the decision. */
static void classify_window(${name}_continuous *state)
{
    ${name}_workspace *const workspace = state->workspace;
    float *const features = workspace->floats + ${NAME}_FEATURES_PLACE;
    float probabilities[${NAME}_CLASSES];
    float smoothed[${NAME}_CLASSES];
    ${name}_result result;
$collect    ${name}_classify_features(workspace, features, probabilities);
    result.answer = ${name}_decide(&state->decision, probabilities, smoothed);
    result.probabilities = probabilities;
    result.smoothed = smoothed;
    result.end = state->pushed;
    state->on_result(state->context, &result);
}

/* Move what is still needed to the beginning of the samples. */
static void drop_samples(${name}_continuous *state)
{
    int32_t first = state->filled;
$first_needed    memmove(state->samples, state->samples + first * ${NAME}_CHANNELS,
            (size_t)(state->filled - first) * ${NAME}_CHANNELS * sizeof state->samples[0]);
    state->filled -= first;
$moved}

/* How many of the next count points fit, and belong to no window after the next one. */
static int32_t room_for(const ${name}_continuous *state, int32_t count)
{
    return smaller(smaller(count, state->until_end), ${NAME}_CONTINUOUS_POINTS - state->filled);
}

/* So many points were put behind the samples: compute what they complete. */
static void advance(${name}_continuous *state, int32_t count)
{
    state->filled += count;
    state->pushed += count;
    state->until_end -= count;
$advance    if (state->until_end == 0) {
        classify_window(state);
        state->until_end = ${NAME}_STRIDE_LENGTH;
    }
    if (state->filled == ${NAME}_CONTINUOUS_POINTS) {
        drop_samples(state);
    }
}

void ${name}_continuous_start(${name}_continuous *state, ${name}_workspace *workspace, ${name}_on_result on_result,
                              void *context)
{
    state->workspace = workspace;
    state->on_result = on_result;
    state->context = context;
    state->pushed = 0;
    state->until_end = ${NAME}_WINDOW_LENGTH;
    state->filled = 0;
    ${name}_decision_start(&state->decision);
$start}

void ${name}_continuous_push(${name}_continuous *state, const float *samples, int32_t count)
{
    while (count > 0) {
        const int32_t taken = room_for(state, count);
        memcpy(state->samples + state->filled * ${NAME}_CHANNELS, samples,
               (size_t)taken * ${NAME}_CHANNELS * sizeof samples[0]);
        advance(state, taken);
        samples += taken * ${NAME}_CHANNELS;
        count -= taken;
    }
}

void ${name}_continuous_push_int16(${name}_continuous *state, const int16_t *samples, int32_t count)
{
    while (count > 0) {
        const int32_t taken = room_for(state, count);
        float *const into = state->samples + state->filled * ${NAME}_CHANNELS;
        int32_t i;
        for (i = 0; i < taken * ${NAME}_CHANNELS; i++) {
            into[i] = (float)samples[i] * (1.0f / 32768.0f);
        }
        advance(state, taken);
        samples += taken * ${NAME}_CHANNELS;
        count -= taken;
    }
}
