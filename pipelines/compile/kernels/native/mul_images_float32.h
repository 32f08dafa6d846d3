#include "image_pair.h"
#include "limits_float32.h"

typedef struct {
    image_pair pair;
    limits_float32 stage;
} mul_images_float32_parameters;

/* MUL, pixel by pixel. The output may be one of the images. */
static void mul_images_float32(const mul_images_float32_parameters *p, const tile *t, const float *input0,
                               const float *input1, float *output)
{
    const image_run run = image_run_of(&p->pair, t);
    const int32_t stride0 = p->pair.stride[0];
    const int32_t stride1 = p->pair.stride[1];
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        for (int32_t x = t->first_column; x < t->end_column; x += run.columns) {
            const float *a = input0 + image_pair_at(&p->pair, t, 0, y, x);
            const float *b = input1 + image_pair_at(&p->pair, t, 1, y, x);
            float *target = output + view_pixel(&t->output, y, x) * p->pair.channels;
            for (int32_t i = 0; i < run.values; ++i) {
                target[i] = clamp_float32(a[i * stride0] * b[i * stride1], p->stage.least, p->stage.greatest);
            }
        }
    }
}
