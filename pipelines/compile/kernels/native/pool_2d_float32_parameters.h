#include "pool_2d_geometry.h"

typedef struct {
    pool_2d_geometry geometry;
    float least;
    float greatest;
} pool_2d_float32_parameters;
