/* The sum of two operands at the scale of the reference, 2^-19 of the coarser operand's: the coarse value is shifted
 * there, the fine one scaled and rounded. `fine` says which operand is the fine one. */
typedef struct {
    int32_t fine;
    int32_t fine_zero_point; /* times 2^21 */
    int32_t fine_multiplier;
    int32_t fine_half; /* 2^fine_right / 2 */
    int32_t fine_right;
    int32_t zero; /* less the zero points, at the common scale */
    int32_t multiplier; /* twice */
    int32_t offset;
    int32_t right;
    int32_t least;
    int32_t greatest;
} fast_add_stage_int8;
