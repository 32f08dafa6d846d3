#include "output_stage_int8.h"

typedef struct {
    int32_t rows;
    int32_t input_size;
    int32_t output_size;
    int32_t is_long; /* whether the sum of all products could leave 24 bits */
    output_stage_int8 stage;
} fully_connected_int8_parameters;
