/* What the JavaScript calls: one window at a time, or a stream of samples. Results are left in the variables below. */
#include "pipeline.h"
#include "pipeline_continuous.h"

/* Alone so that it is a size of its own in the module. */
const int32_t stream_bytes = sizeof(pipeline_continuous);

float samples[PIPELINE_WINDOW_LENGTH * PIPELINE_CHANNELS];
float probabilities[PIPELINE_CLASSES];
float smoothed[PIPELINE_CLASSES];
int32_t answer;
double end;

static pipeline_workspace workspace;
static int32_t results;

/* Classify the window in `samples` into `probabilities`; the most probable class. */
int32_t classify(void)
{
    return pipeline_classify(&workspace, samples, probabilities);
}

static void on_result(void *context, const pipeline_result *result)
{
    int32_t label;
    (void)context;
    answer = result->answer;
    end = (double)result->end;
    for (label = 0; label < PIPELINE_CLASSES; label++) {
        probabilities[label] = result->probabilities[label];
        smoothed[label] = result->smoothed[label];
    }
    results++;
}

void stream_start(pipeline_continuous *stream)
{
    pipeline_continuous_start(stream, &workspace, on_result, 0);
}

/* Push `count` points in time from `samples`, no more than a stride; how many results that gave: none or one. */
int32_t stream_push(pipeline_continuous *stream, int32_t count)
{
    results = 0;
    pipeline_continuous_push(stream, samples, count);
    return results;
}
