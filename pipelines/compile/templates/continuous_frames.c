/* Block $number, $block: the frames whose samples are there, each once. */
static void compute_frames_$number(${name}_continuous *state)
{
    while (state->start_$number + $length <= state->filled) {
        ${name}_features_${number}_frame(state->workspace, state->samples + state->start_$number * ${NAME}_CHANNELS,
                                         state->frames_$number + state->slot_$number * $size);
        state->start_$number += $stride;
        state->slot_$number++;
        if (state->slot_$number == $count) {
            state->slot_$number = 0;
$gap        }
    }
}

