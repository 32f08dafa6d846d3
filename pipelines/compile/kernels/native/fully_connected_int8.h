#include "fully_connected_int8_parameters.h"
#include "matrix_vector_int8.h"
#include "maybe_unused.h"

/* FULLY_CONNECTED: weights are [output_size][input_size]. */
MAYBE_UNUSED static void fully_connected_int8(const fully_connected_int8_parameters *parameters, const int8_t *input,
                                              THIMBLE_CONST int8_t *weights, THIMBLE_CONST int32_t *bias,
                                              THIMBLE_CONST int32_t *multiplier,
                                              THIMBLE_CONST int8_t *shift, int8_t *output)
{
    for (int32_t row = 0; row < parameters->rows; ++row) {
        matrix_vector_int8(&parameters->stage, input + row * parameters->input_size, parameters->input_size, weights,
                           bias, multiplier, shift, 0, parameters->output_size,
                           output + row * parameters->output_size);
    }
}
