/* Five nested loops, the innermost last, over runs of bytes: how often each turns, and how many bytes further it
 * moves in the source and in the target. A run is what lies together in both. */
typedef struct {
    int32_t size[5];
    int32_t from[5];
    int32_t to[5];
    int32_t run_bytes;
} copy_strided_parameters;

/* The innermost loop. Single elements are copied without a call of memcpy. */
static void copy_runs(const copy_strided_parameters *p, const uint8_t *from, uint8_t *to)
{
    const int32_t count = p->size[4];
    const int32_t from_step = p->from[4];
    const int32_t to_step = p->to[4];
    switch (p->run_bytes) {
    case 1:
        for (int32_t i = 0; i < count; ++i) {
            to[i * to_step] = from[i * from_step];
        }
        break;
    case 2:
        for (int32_t i = 0; i < count; ++i) {
            memcpy(to + i * to_step, from + i * from_step, 2);
        }
        break;
    case 4:
        for (int32_t i = 0; i < count; ++i) {
            memcpy(to + i * to_step, from + i * from_step, 4);
        }
        break;
    default:
        for (int32_t i = 0; i < count; ++i) {
            memcpy(to + i * to_step, from + i * from_step, (size_t)p->run_bytes);
        }
    }
}

/* Copy a box of elements of any type; a step may be 0 (repeat) or negative (backwards). */
static void copy_strided(const copy_strided_parameters *p, const void *input, void *output)
{
    const uint8_t *from = (const uint8_t *)input;
    uint8_t *to = (uint8_t *)output;
    int32_t at[4] = {0, 0, 0, 0};
    int32_t loop;
    do {
        copy_runs(p, from, to);
        for (loop = 3; loop >= 0 && ++at[loop] == p->size[loop]; --loop) {
            at[loop] = 0;
            from -= (p->size[loop] - 1) * p->from[loop];
            to -= (p->size[loop] - 1) * p->to[loop];
        }
        if (loop >= 0) {
            from += p->from[loop];
            to += p->to[loop];
        }
    } while (loop >= 0);
}
