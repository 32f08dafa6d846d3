typedef struct {
    int32_t size[4];
    int32_t condition[4]; /* in elements */
    int32_t first[4];     /* in bytes, as second and element_bytes */
    int32_t second[4];
    int32_t element_bytes;
} select_parameters;

/* SELECT: of two tensors of any type, the value of the first where the condition is true, else that of the second. */
static void select_values(const select_parameters *p, const uint8_t *condition, const void *first, const void *second,
                          void *output)
{
    uint8_t *to = (uint8_t *)output;
    for (int32_t i0 = 0; i0 < p->size[0]; ++i0) {
        for (int32_t i1 = 0; i1 < p->size[1]; ++i1) {
            for (int32_t i2 = 0; i2 < p->size[2]; ++i2) {
                const uint8_t *chosen = condition + i0 * p->condition[0] + i1 * p->condition[1] + i2 * p->condition[2];
                const uint8_t *a = (const uint8_t *)first + i0 * p->first[0] + i1 * p->first[1] + i2 * p->first[2];
                const uint8_t *b = (const uint8_t *)second + i0 * p->second[0] + i1 * p->second[1] + i2 * p->second[2];
                for (int32_t i3 = 0; i3 < p->size[3]; ++i3) {
                    memcpy(to, chosen[i3 * p->condition[3]] ? a + i3 * p->first[3] : b + i3 * p->second[3],
                           (size_t)p->element_bytes);
                    to += p->element_bytes;
                }
            }
        }
    }
}
