#include "image_pair.h"
#include "mul_stage_int16.h"

typedef struct {
    image_pair pair;
    mul_stage_int16 stage;
} mul_images_int16_parameters;

/* MUL, pixel by pixel. The output may be one of the images. */
static void mul_images_int16(const mul_images_int16_parameters *p, const tile *t, const int16_t *input0,
                             const int16_t *input1, int16_t *output)
{
    const image_run run = image_run_of(&p->pair, t);
    const int32_t stride0 = p->pair.stride[0];
    const int32_t stride1 = p->pair.stride[1];
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        for (int32_t x = t->first_column; x < t->end_column; x += run.columns) {
            const int16_t *a = input0 + image_pair_at(&p->pair, t, 0, y, x);
            const int16_t *b = input1 + image_pair_at(&p->pair, t, 1, y, x);
            int16_t *target = output + view_pixel(&t->output, y, x) * p->pair.channels;
            for (int32_t i = 0; i < run.values; ++i) {
                target[i] = mul_one_int16(&p->stage, a[i * stride0], b[i * stride1]);
            }
        }
    }
}
