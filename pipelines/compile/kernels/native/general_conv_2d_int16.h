#include "conv_2d_int16_parameters.h"
#include "gather_patch_int16.h"
#include "general_matrix_4_patches_int16.h"
#include "general_matrix_int16.h"

/* CONV_2D whose sums need 64 bits, or scales another arithmetic than most. Weights are [output_channels]
 * [kernel_height * kernel_width * group_channels, filled up with zeros to a multiple of 4]. */
static void general_conv_2d_int16(const conv_2d_int16_parameters *parameters, const tile *t, const int16_t *input,
                                  const int8_t *weights, const int32_t *bias, const int32_t *multiplier,
                                  const int8_t *shift, int16_t *patches, int16_t *output)
{
    const conv_2d_geometry *g = &parameters->geometry;
    const matrix_int16 *m = &parameters->matrix;
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        int16_t *target = output + view_pixel(&t->output, y, t->first_column) * g->output_channels;
        int32_t count = 4;
        for (int32_t x = t->first_column; x < t->end_column; x += count, target += count * g->output_channels) {
            count = t->end_column - x >= 4 ? 4 : 1;
            for (int32_t group = 0; group < g->groups; ++group) {
                const int32_t row = group * m->rows;
                for (int32_t i = 0; i < count; ++i) {
                    patch_int16 patch = {patches, 4, 0};
                    if (count == 4) {
                        patch.values = place_of_patch_int16(patches, i, m->length);
                        patch.stride = stride_of_patch_int16();
                    }
                    gather_patch_int16(g, &t->inputs[0], input, y, x + i, group * g->group_channels, m->length, patch);
                }
                if (count == 4) {
                    general_matrix_4_patches_int16(m, patches, row, weights, bias, multiplier, shift, target + row,
                                                   g->output_channels);
                } else {
                    general_matrix_int16(m, patches, row, weights, bias, multiplier, shift, target + row);
                }
            }
        }
    }
}
