/* Four nested loops over the output, and how far each input moves at each of them; 0 repeats it. */
typedef struct {
    int32_t size[4];
    int32_t stride0[4];
    int32_t stride1[4];
} broadcast_loops;
