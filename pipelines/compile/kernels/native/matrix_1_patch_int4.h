#include "compiled_alone.h"
#include "int16_pairs.h"
#include "int4_weights.h"
#include "matrix_int4.h"

/* 16 times the sum of the products of a row of packed weights with a patch. For the DSP extension, the places 0 to 3
 * and 4 to 7 of a group are in the order 0, 2, 1, 3, because SXTB16 takes the even and the odd bytes of a word. */
static inline int32_t multiply_row_int4(const int16_t *patch, const int8_t *weights, int32_t length)
{
    int32_t sum = 0;
#if WITH_DSP
    for (const int8_t *end = weights + length / 2; weights < end; weights += 4, patch += 8) {
        const uint32_t word = (uint32_t)load_word_of(weights);
        const int32_t upper = (int32_t)(word & 0xf0f0f0f0u);
        const int32_t lower = (int32_t)((word << 4) & 0xf0f0f0f0u);
        sum = __smlad(even_bytes_of(upper), load_word_of(patch), sum);
        sum = __smlad(odd_bytes_of(upper), load_word_of(patch + 2), sum);
        sum = __smlad(even_bytes_of(lower), load_word_of(patch + 4), sum);
        sum = __smlad(odd_bytes_of(lower), load_word_of(patch + 6), sum);
    }
#else
    for (int32_t i = 0; i < length; i += 8, weights += 4) {
        for (int32_t k = 0; k < 4; ++k) {
            sum += patch[i + k] * upper_int4_times_16(weights[k]);
            sum += patch[i + 4 + k] * lower_int4_times_16(weights[k]);
        }
    }
#endif
    return sum;
}

/* The outputs of the rows from first_row on, for one patch. weights, bias, multiplier and shift are those of row 0 of
 * all channels. */
COMPILED_ALONE static void matrix_1_patch_int4(const matrix_int4 *m, const int16_t *patch, int32_t first_row,
                                               const int8_t *weights, const int32_t *bias, const int32_t *multiplier,
                                               const int8_t *shift, int8_t *output)
{
    weights += first_row * (m->length / 2);
    for (int32_t row = first_row; row < first_row + m->rows; ++row, weights += m->length / 2) {
        const int32_t sum = multiply_row_int4(patch, weights, m->length);
        *output++ = output_of_int4(&m->stage, sum, bias, multiplier, shift, row);
    }
}
