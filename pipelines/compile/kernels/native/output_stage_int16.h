/* How a sum becomes an int16 output. With per_channel, multiplier and shift have one entry for each output channel,
 * else one for all. mode
 *  0: the sum fits 32 bits, and is scaled by multiplier / 2^32;
 *  1: the sum fits 32 bits, 2: it needs 64, and the bias is there as two words for each channel, the lower first;
 *     both are scaled by a multiplier of 15 bits and shifted to the right;
 *  3: the bias of the file had 32 bits, and the sum is scaled as that of an int8 layer. */
typedef struct {
    int32_t least;
    int32_t greatest;
    int32_t mode;
    int32_t per_channel;
} output_stage_int16;
