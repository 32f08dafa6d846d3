typedef struct {
    int32_t size;
} lookup_int8_parameters;

/* A function of one int8, tabulated for -128, ..., 127. The output may be the input. */
static void lookup_int8(const lookup_int8_parameters *p, const int8_t *input, const int8_t *table, int8_t *output)
{
    for (int32_t i = 0; i < p->size; ++i) {
        output[i] = table[input[i] + 128];
    }
}
