#include "fast_add_stage_int8.h"
#include "fast_output_stage_int8.h"
#include "image_pair.h"
#include "mve_add_int8.h"

typedef struct {
    image_pair pair;
    fast_add_stage_int8 stage;
} fast_add_images_int8_parameters;

static inline int8_t fast_add_one_int8(const fast_add_stage_int8 *s, int32_t fine, int32_t coarse)
{
    const int32_t shifted = fine * ((int32_t)1 << 21) - s->fine_zero_point;
    const int32_t common = coarse * ((int32_t)1 << 19) + s->zero;
    int32_t scaled;
#if WITH_DSP
    __asm__("smmulr %0, %1, %2" : "=r"(scaled) : "r"(shifted), "r"(s->fine_multiplier));
#else
    scaled = (int32_t)(((int64_t)shifted * s->fine_multiplier + ((int64_t)1 << 31)) >> 32);
#endif
    scaled = (scaled + (scaled >> 31) + s->fine_half) >> s->fine_right;
    return (int8_t)fast_scale_int8(scaled + common, s->multiplier, s->offset, s->right);
}

/* ADD, pixel by pixel. The output may be one of the images. */
static void fast_add_images_int8(const fast_add_images_int8_parameters *p, const tile *t, const int8_t *input0,
                                 const int8_t *input1, int8_t *output)
{
    const fast_add_stage_int8 stage = p->stage;
    const image_run run = image_run_of(&p->pair, t);
    const int32_t fine_stride = p->pair.stride[stage.fine];
    const int32_t coarse_stride = p->pair.stride[1 - stage.fine];
    const int is_clamped = stage.least > -128 || stage.greatest < 127;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        for (int32_t x = t->first_column; x < t->end_column; x += run.columns) {
            const int8_t *first = input0 + image_pair_at(&p->pair, t, 0, y, x);
            const int8_t *second = input1 + image_pair_at(&p->pair, t, 1, y, x);
            const int8_t *fine = stage.fine ? second : first;
            const int8_t *coarse = stage.fine ? first : second;
            int8_t *target = output + view_pixel(&t->output, y, x) * p->pair.channels;
#if WITH_MVE
            if (fine_stride == 1 && coarse_stride == 1) {
                mve_add_int8(&stage, fine, coarse, run.values, target);
                continue;
            }
#endif
            if (fine_stride == 1 && coarse_stride == 1) {
                for (int32_t i = 0; i < run.values; ++i) {
                    target[i] = fast_add_one_int8(&stage, fine[i], coarse[i]);
                }
            } else {
                for (int32_t i = 0; i < run.values; ++i) {
                    target[i] = fast_add_one_int8(&stage, fine[i * fine_stride], coarse[i * coarse_stride]);
                }
            }
            for (int32_t i = 0; is_clamped && i < run.values; ++i) {
                target[i] = clamp_int8(target[i], stage.least, stage.greatest);
            }
        }
    }
}
