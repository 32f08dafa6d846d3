#include "fully_connected_int16_parameters.h"
#include "general_matrix_int16.h"
#include "patch_int16.h"

/* FULLY_CONNECTED whose sums need 64 bits, or scales another arithmetic than most. Weights are
 * [output_size][input_size, filled up with zeros to a multiple of 4]. */
static void general_fully_connected_int16(const fully_connected_int16_parameters *p, const int16_t *input,
                                          const int8_t *weights, const int32_t *bias, const int32_t *multiplier,
                                          const int8_t *shift, int16_t *scratch, int16_t *output)
{
    for (int32_t vector = 0; vector < p->vectors; ++vector) {
        patch_int16 patch = {scratch, 4, 0};
        append_int16(&patch, input, p->input_size);
        append_zeros_int16(&patch, p->matrix.length - p->input_size);
        general_matrix_int16(&p->matrix, scratch, 0, weights, bias, multiplier, shift, output);
        input += p->input_size;
        output += p->matrix.rows;
    }
}
