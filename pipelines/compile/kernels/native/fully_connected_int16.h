#include "matrix_1_patch_int16.h"

typedef struct {
    int32_t vectors;
    int32_t input_size;
    int32_t gathers; /* 0: the input serves as it is (a whole number of groups of four values) */
    matrix_int16 matrix;
} fully_connected_int16_parameters;

/* FULLY_CONNECTED: weights are [output_size][input_size, filled up with zeros to a multiple of 4]. */
static void fully_connected_int16(const fully_connected_int16_parameters *p, const int16_t *input,
                                  const int8_t *weights, const int32_t *bias, const int32_t *multiplier,
                                  const int8_t *shift, int16_t *scratch, int16_t *output)
{
    const matrix_int16 *m = &p->matrix;
    for (int32_t vector = 0; vector < p->vectors; ++vector) {
        const int16_t *source = input;
        if (p->gathers) {
            for (int32_t i = 0; i < m->length; ++i) {
                scratch[i] = i < p->input_size ? input[i] : (int16_t)0;
            }
            source = scratch;
        }
        matrix_1_patch_int16(m, source, 0, weights, bias, multiplier, shift, output);
        input += p->input_size;
        output += m->rows;
    }
}
