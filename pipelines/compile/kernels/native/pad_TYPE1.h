typedef struct {
    int32_t size[4];
    int32_t before[4];
    int32_t output_size[4];
    C_TYPE1 value;
} pad_TYPE1_parameters;

/* PAD: fill the output with the value, then copy the input's rows to their places. */
static void pad_TYPE1(const pad_TYPE1_parameters *p, const C_TYPE1 *input, C_TYPE1 *output)
{
    const int32_t *size = p->size;
    const int32_t *out = p->output_size;
    for (int32_t i = 0; i < out[0] * out[1] * out[2] * out[3]; ++i) {
        output[i] = p->value;
    }
    for (int32_t i0 = 0; i0 < size[0]; ++i0) {
        for (int32_t i1 = 0; i1 < size[1]; ++i1) {
            for (int32_t i2 = 0; i2 < size[2]; ++i2) {
                const int32_t plane = ((i0 + p->before[0]) * out[1] + i1 + p->before[1]) * out[2];
                C_TYPE1 *row = output + (plane + i2 + p->before[2]) * out[3] + p->before[3];
                for (int32_t i3 = 0; i3 < size[3]; ++i3) {
                    row[i3] = *input++;
                }
            }
        }
    }
}
