#include "output_stage_int16.h"

/* A matrix of int8 weights [rows][length], length a multiple of four, whose products with int16 values may be added
 * up in 32 bits `chunk` at a time; all of them in mode 0. */
typedef struct {
    int32_t rows;
    int32_t length;
    int32_t chunk;
    output_stage_int16 stage;
} matrix_int16;
