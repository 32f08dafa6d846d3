#include "maybe_unused.h"
#include "output_stage_int8.h"

/* Whether an activation leaves out some int8 values. */
MAYBE_UNUSED static inline int is_narrow(const output_stage_int8 *stage)
{
    return stage->least > -128 || stage->greatest < 127;
}
