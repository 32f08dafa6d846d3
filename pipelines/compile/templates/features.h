/*
 * ${name}_features.h: the feature blocks one by one, for the library's own files; ${name}.h is what you call.
 */
#ifndef ${NAME}_FEATURES_H
#define ${NAME}_FEATURES_H

#include "$name.h"

#ifdef __cplusplus
extern "C" {
#endif

$constant_memory
/*
 * Where the workspace holds a window's features, until the model's input takes their place, and what the blocks need
 * beside them; in floats.
 */
#define ${NAME}_FEATURES_PLACE $features_place
#define ${NAME}_SCRATCH_PLACE $scratch_place

/*
 * Each function computes the features of one block: of a window, or of one frame of it.
 *
 * workspace: what is beside its features is overwritten.
 * samples:   the window's or the frame's first point in time, [...][${NAME}_CHANNELS]. Read only.
 * features:  written; outside the workspace, or at their place within.
 */

$declarations
#ifdef __cplusplus
}
#endif

#endif
