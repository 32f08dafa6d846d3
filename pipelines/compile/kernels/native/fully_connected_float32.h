#include "matrix_vector_float32.h"

typedef struct {
    int32_t rows;
    int32_t input_size;
    int32_t output_size;
    float least;
    float greatest;
} fully_connected_float32_parameters;

/* FULLY_CONNECTED: weights are [input_size][output_size]. */
static void fully_connected_float32(const fully_connected_float32_parameters *parameters, const float *input,
                                    THIMBLE_CONST float *weights, THIMBLE_CONST float *bias, float *output)
{
    for (int32_t row = 0; row < parameters->rows; ++row) {
        matrix_vector_float32(input + row * parameters->input_size, parameters->input_size, weights, bias,
                              parameters->output_size, parameters->least, parameters->greatest,
                              output + row * parameters->output_size);
    }
}
