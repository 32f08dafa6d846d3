#include "matrix_int16.h"

typedef struct {
    int32_t vectors;
    int32_t input_size;
    matrix_int16 matrix;
} fully_connected_int16_parameters;
