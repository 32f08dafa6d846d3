#include "depthwise_conv_2d_geometry.h"
#include "output_stage_int8.h"

typedef struct {
    depthwise_conv_2d_geometry geometry;
    int32_t input_zero_point;
    output_stage_int8 stage;
} depthwise_conv_2d_int8_parameters;
