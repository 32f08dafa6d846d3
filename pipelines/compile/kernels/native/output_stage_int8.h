/* How a 32-bit sum becomes an int8 output. With per_channel, multiplier and shift have one entry for
 * each output channel, else one for all. */
typedef struct {
    int32_t zero_point;
    int32_t least;
    int32_t greatest;
    int32_t per_channel;
} output_stage_int8;
