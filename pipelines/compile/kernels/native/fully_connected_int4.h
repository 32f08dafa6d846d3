#include "matrix_1_patch_int4.h"
#include "patch_of_int8.h"

typedef struct {
    int32_t vectors;
    int32_t input_size;
    matrix_int4 matrix;
} fully_connected_int4_parameters;

/* FULLY_CONNECTED with int4 weights [output_size][input_size, filled up with zeros to a multiple of 8], packed. */
static void fully_connected_int4(const fully_connected_int4_parameters *p, const int8_t *input, const int8_t *weights,
                                 const int32_t *bias, const int32_t *multiplier, const int8_t *shift, int16_t *scratch,
                                 int8_t *output)
{
    for (int32_t vector = 0; vector < p->vectors; ++vector) {
        patch_of_int8 patch = {scratch, 4, 0};
        append_int8(&patch, input, p->input_size);
        append_same_int8(&patch, 0, p->matrix.length - p->input_size);
        matrix_1_patch_int4(&p->matrix, scratch, 0, weights, bias, multiplier, shift, output);
        input += p->input_size;
        output += p->matrix.rows;
    }
}
