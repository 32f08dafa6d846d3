#include "conv_2d_geometry.h"
#include "output_stage_int8.h"

typedef struct {
    conv_2d_geometry geometry;
    int32_t input_zero_point;
    output_stage_int8 stage;
} conv_2d_int8_parameters;
