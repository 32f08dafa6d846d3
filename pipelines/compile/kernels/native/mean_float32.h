typedef struct {
    int32_t outer;
    int32_t reduced;
    int32_t inner;
} mean_float32_parameters;

/* MEAN of [outer][reduced][inner] over the middle. */
static void mean_float32(const mean_float32_parameters *p, const float *input, float *output)
{
    for (int32_t block = 0; block < p->outer; ++block) {
        for (int32_t c = 0; c < p->inner; ++c) {
            float sum = 0.0f;
            for (int32_t i = 0; i < p->reduced; ++i) {
                sum += input[i * p->inner + c];
            }
            *output++ = sum / (float)p->reduced;
        }
        input += p->reduced * p->inner;
    }
}
