/* What the JavaScript calls: a window's features as the network takes them, and the decision on its answers. */
#include "pipeline.h"

#define COLUMNS $columns

/* Normalisation: x -> (x - mean) * scale, along the features' last axis. */
static const float feature_mean[COLUMNS] = {
$mean};
static const float feature_scale[COLUMNS] = {
$scale};

float samples[PIPELINE_WINDOW_LENGTH * PIPELINE_CHANNELS];
float features[PIPELINE_FEATURES];
float probabilities[PIPELINE_CLASSES];
float smoothed[PIPELINE_CLASSES];

static pipeline_workspace workspace;
static pipeline_decision decision;

/* The features of the window in `samples`, normalised, into `features`. */
void extract(void)
{
    int32_t column = 0;
    int32_t i;
    pipeline_extract(&workspace, samples, features);
    for (i = 0; i < PIPELINE_FEATURES; i++) {
        features[i] = (features[i] - feature_mean[column]) * feature_scale[column];
        column = column + 1 < COLUMNS ? column + 1 : 0;
    }
}

void decision_start(void)
{
    pipeline_decision_start(&decision);
}

/* Take the window in `probabilities` into account: the averages into `smoothed`; the answer, or -1. */
int32_t decide(void)
{
    return pipeline_decide(&decision, probabilities, smoothed);
}
