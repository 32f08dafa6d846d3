/* $name: features, model and decision in one library. Made by Thimble; see $name.h. */
#include "$name.h"

#include "${model}.h"
#include "${name}_features.h"

const char *const ${name}_labels[${NAME}_CLASSES] = {
$labels};

/* Normalisation: x -> (x - mean) * scale, along the features' last axis. */
#define COLUMNS $columns
static THIMBLE_CONST float feature_mean[COLUMNS] = {
$mean};
static THIMBLE_CONST float feature_scale[COLUMNS] = {
$scale};

$infer
static int most_probable(const float *probabilities)
{
    int best = ${NAME}_UNCERTAIN;
    float highest = -1.0f;
    int label;
    for (label = 0; label < ${NAME}_CLASSES; label++) {
        /* No comparison with "not a number" is true, so that it never wins. */
        if (probabilities[label] > highest) {
            highest = probabilities[label];
            best = label;
        }
    }
    return best;
}

int ${name}_classify_features(${name}_workspace *workspace,
                              const float features[${NAME}_FEATURES],
                              float probabilities[${NAME}_CLASSES])
{
    infer(workspace, features, probabilities);
    return most_probable(probabilities);
}

int ${name}_classify(${name}_workspace *workspace,
                     const float samples[${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS],
                     float probabilities[${NAME}_CLASSES])
{
    /* The features stand where the model's input will: each is read before its place is written. */
    float *const features = workspace->floats + ${NAME}_FEATURES_PLACE;
    ${name}_extract(workspace, samples, features);
    return ${name}_classify_features(workspace, features, probabilities);
}

void ${name}_decision_start(${name}_decision *decision)
{
    decision->next = 0;
    decision->count = 0;
}

int ${name}_decide(${name}_decision *decision,
                   const float probabilities[${NAME}_CLASSES],
                   float smoothed[${NAME}_CLASSES])
{
    int best = ${NAME}_UNCERTAIN;
    float highest = -1.0f;
    int label;
    int window;
    for (label = 0; label < ${NAME}_CLASSES; label++) {
        decision->recent[decision->next][label] = probabilities[label];
    }
    decision->next = (decision->next + 1) % ${NAME}_SMOOTH_WINDOWS;
    if (decision->count < ${NAME}_SMOOTH_WINDOWS) {
        decision->count++;
    }
    for (label = 0; label < ${NAME}_CLASSES; label++) {
        float mean = 0.0f;
        for (window = 0; window < decision->count; window++) {
            mean += decision->recent[window][label];
        }
        mean /= (float)decision->count;
        if (smoothed) {
            smoothed[label] = mean;
        }
        if (mean > highest) {
            highest = mean;
            best = label;
        }
    }
    return highest >= ${NAME}_THRESHOLD ? best : ${NAME}_UNCERTAIN;
}
