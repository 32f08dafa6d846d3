/* features may be where the workspace holds the model's input: each is read before its place is written. */
static void infer(${name}_workspace *workspace, const float *features, float *probabilities)
{
    float *const input = ${model}_input(workspace);
    const float *const output = ${model}_output(workspace);
    int32_t column = 0;
    int32_t i;
    for (i = 0; i < ${NAME}_FEATURES; i++) {
        input[i] = (features[i] - feature_mean[column]) * feature_scale[column];
        column = column + 1 < COLUMNS ? column + 1 : 0;
    }
$reset    ${model}_invoke(workspace);
    for (i = 0; i < ${NAME}_CLASSES; i++) {
        probabilities[i] = output[i];
    }
}
