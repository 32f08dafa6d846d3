#include "clamp_float32.h"

/* The least and the greatest output of a fused activation. */
typedef struct {
    float least;
    float greatest;
} limits_float32;
