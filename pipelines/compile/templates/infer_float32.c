/* features may be the start of the workspace: each is read before its place is written. */
static void infer(${name}_workspace *workspace, const float *features, float *probabilities)
{
    float *const input = workspace->floats;
    int32_t column = 0;
    int32_t i;
    for (i = 0; i < ${NAME}_FEATURES; i++) {
        input[i] = (features[i] - feature_mean[column]) * feature_scale[column];
        column = column + 1 < COLUMNS ? column + 1 : 0;
    }
    ${model}_invoke(workspace->bytes + $arena, input, probabilities);
}
