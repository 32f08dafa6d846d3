/* What Python calls beside the library's own functions. */
#include "pipeline.h"
#include "pipeline_continuous.h"

/* Sizes of what Python makes room for. */
const int64_t workspace_bytes = sizeof(pipeline_workspace);
const int64_t continuous_bytes = sizeof(pipeline_continuous);

int64_t first_not_finite(const float *values, int64_t count);

/* Place of the first value that is no finite number; count where all are. */
int64_t first_not_finite(const float *values, int64_t count)
{
    int64_t i = 0;
    while (i < count && values[i] - values[i] == 0.0f) {
        i++;
    }
    return i;
}
