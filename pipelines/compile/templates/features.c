/* The feature blocks of $name. Made by Thimble; see ${name}_features.h. */
#include "${name}_features.h"

$includes
$configs
$functions
void ${name}_extract(${name}_workspace *workspace,
                     const float samples[${NAME}_WINDOW_LENGTH * ${NAME}_CHANNELS],
                     float features[${NAME}_FEATURES])
{
$extract}
