/* To the nearest step, halves away from zero, limited to int8: as TensorFlow Lite's QUANTIZE rounds. */
static int8_t quantise(float value)
{
    const float steps = value / ${MODEL}_INPUT_SCALE;
    int32_t nearest;
    float rest;
    /* Written so that "not a number" is caught too. */
    if (!(steps > -1024.0f)) {
        return INT8_MIN;
    }
    if (steps > 1024.0f) {
        return INT8_MAX;
    }
    nearest = (int32_t)steps;
    rest = steps - (float)nearest;
    if (rest >= 0.5f) {
        nearest++;
    } else if (rest <= -0.5f) {
        nearest--;
    }
    nearest += ${MODEL}_INPUT_ZERO_POINT;
    if (nearest < INT8_MIN) {
        return INT8_MIN;
    }
    return nearest > INT8_MAX ? INT8_MAX : (int8_t)nearest;
}

/* features may be where the workspace holds the model's input: each is read before a byte of its place is written. */
static void infer(${name}_workspace *workspace, const float *features, float *probabilities)
{
    int8_t *const input = ${model}_input(workspace);
    const int8_t *const output = ${model}_output(workspace);
    int32_t column = 0;
    int32_t i;
    for (i = 0; i < ${NAME}_FEATURES; i++) {
        input[i] = quantise((features[i] - feature_mean[column]) * feature_scale[column]);
        column = column + 1 < COLUMNS ? column + 1 : 0;
    }
$reset    ${model}_invoke(workspace);
    for (i = 0; i < ${NAME}_CLASSES; i++) {
        probabilities[i] = (float)(output[i] - ${MODEL}_OUTPUT_ZERO_POINT) * ${MODEL}_OUTPUT_SCALE;
    }
}
