typedef struct {
    int32_t size;
    float scale;
    int32_t zero_point;
} dequantize_int8_parameters;

/* DEQUANTIZE. */
static void dequantize_int8(const dequantize_int8_parameters *p, const int8_t *input, float *output)
{
    for (int32_t i = 0; i < p->size; ++i) {
        output[i] = (float)(input[i] - p->zero_point) * p->scale;
    }
}
