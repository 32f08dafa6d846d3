#include "conv_2d_geometry.h"
#include "gather_patch_of_int8.h"
#include "matrix_1_patch_int4.h"
#include "matrix_4_patches_int4.h"

typedef struct {
    conv_2d_geometry geometry;
    int32_t input_zero_point;
    matrix_int4 matrix; /* that of one group */
} conv_2d_int4_parameters;

/* CONV_2D with int4 weights, as their product with the patches of four pixels at a time. Weights are [output_channels]
 * [kernel_height * kernel_width * group_channels, filled up with zeros to a multiple of 8], packed. */
static void conv_2d_int4(const conv_2d_int4_parameters *parameters, const tile *t, const int8_t *input,
                         const int8_t *weights, const int32_t *bias, const int32_t *multiplier, const int8_t *shift,
                         int16_t *patches, int8_t *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const matrix_int4 *m = &parameters->matrix;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        int8_t *target = output + view_pixel(&t->output, y, t->first_column) * g->output_channels;
        int32_t count = 4;
        for (int32_t x = t->first_column; x < t->end_column; x += count, target += count * g->output_channels) {
            count = t->end_column - x >= 4 ? 4 : 1;
            for (int32_t group = 0; group < g->groups; ++group) {
                const int32_t row = group * m->rows;
                for (int32_t i = 0; i < count; ++i) {
                    patch_of_int8 patch = {patches, 4, 0};
                    if (count == 4) {
                        patch.values = place_of_patch_int4(patches, i, m->length);
                        patch.stride = stride_of_patch_int4();
                    }
                    gather_patch_of_int8(g, &t->inputs[0], input, y, x + i, parameters->input_zero_point,
                                         group * g->group_channels, m->length, patch);
                }
                if (count == 4) {
                    matrix_4_patches_int4(m, patches, row, weights, bias, multiplier, shift, target + row,
                                          g->output_channels);
                } else {
                    matrix_1_patch_int4(m, patches, row, weights, bias, multiplier, shift, target + row);
                }
            }
        }
    }
}
