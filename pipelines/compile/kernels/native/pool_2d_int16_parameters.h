#include "pool_2d_geometry.h"

typedef struct {
    pool_2d_geometry geometry;
    int32_t least;
    int32_t greatest;
} pool_2d_int16_parameters;
