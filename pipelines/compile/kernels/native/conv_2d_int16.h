#include "conv_2d_int16_parameters.h"
#include "gather_patch_int16.h"
#include "matrix_4_patches_int16.h"
#include "multiply_row_int16.h"

/* The outputs of the rows from first_row on, for one patch. */
static void matrix_1_patch_int16(const matrix_int16 *m, const int16_t *patch, int32_t first_row, const int8_t *weights,
                                 const int32_t *bias, const int32_t *multiplier, int16_t *output)
{
    weights += first_row * m->length;
    for (int32_t row = first_row; row < first_row + m->rows; ++row, weights += m->length) {
        const int32_t sum = bias[row] + multiply_row_int16(patch, weights, m->length);
        *output++ = fast_requantize_int16(&m->stage, sum, multiplier, row);
    }
}

/* CONV_2D, as the product of the weights with the patches of four pixels at a time. Weights are [output_channels]
 * [kernel_height * kernel_width * group_channels, filled up with zeros to a multiple of 4]. */
static void conv_2d_int16(const conv_2d_int16_parameters *parameters, const tile *t, const int16_t *input,
                          const int8_t *weights, const int32_t *bias, const int32_t *multiplier, int16_t *patches,
                          int16_t *output)
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
                    matrix_4_patches_int16(m, patches, row, weights, bias, multiplier, target + row,
                                           g->output_channels);
                } else {
                    matrix_1_patch_int16(m, patches, row, weights, bias, multiplier, target + row);
                }
            }
        }
    }
}
