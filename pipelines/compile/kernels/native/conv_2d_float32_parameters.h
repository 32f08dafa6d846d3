#include "conv_2d_geometry.h"

typedef struct {
    conv_2d_geometry geometry;
    float least;
    float greatest;
} conv_2d_float32_parameters;
