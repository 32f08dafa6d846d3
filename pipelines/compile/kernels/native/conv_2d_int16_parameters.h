#include "conv_2d_geometry.h"
#include "matrix_int16.h"

typedef struct {
    conv_2d_geometry geometry;
    matrix_int16 matrix; /* that of one group */
} conv_2d_int16_parameters;
