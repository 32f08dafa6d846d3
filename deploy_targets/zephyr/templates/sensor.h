/* Where the samples come from. */
#ifndef SENSOR_H
#define SENSOR_H

#include <stdint.h>

#include "$name.h"

#define SENSOR_BLOCK $block /* points in time that are read at once, at most */

/* Returns 0, or what the driver says where it does not start. */
int sensor_start(void);

/* Wait for samples: [up to SENSOR_BLOCK][${NAME}_CHANNELS]. Returns how many points in time; below 0 where it failed. */
int sensor_read($type *samples);

#endif
