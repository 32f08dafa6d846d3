/* Which values of a tensor are reduced to one: loops over the outputs, and for each over what it is made of, with how
 * far they move in the input. The innermost loop over the values is the last. */
typedef struct {
    int32_t kept[3];
    int32_t kept_stride[3];
    int32_t reduced[3];
    int32_t reduced_stride[3];
} reduction;

/* A place in three loops, and where it lies in the input. */
typedef struct {
    int32_t at[3];
    int32_t offset;
} reduction_place;

/* Move on in the loops from `last` outwards; whether there is another place. */
static inline int next_reduction_place(const int32_t *size, const int32_t *stride, int32_t last, reduction_place *place)
{
    for (int32_t loop = last; loop >= 0; --loop) {
        place->offset += stride[loop];
        if (++place->at[loop] < size[loop]) {
            return 1;
        }
        place->offset -= size[loop] * stride[loop];
        place->at[loop] = 0;
    }
    return 0;
}
