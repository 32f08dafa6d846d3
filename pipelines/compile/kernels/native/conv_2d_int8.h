#include "mve_conv_2d_int8.h"
#include "pairs_conv_2d_int8.h"
#include "patches_conv_2d_int8.h"

/* CONV_2D, in the form for the core. For a 1 x 1 window of stride 1 the output may be the input, if it has no more
 * channels. */
static void conv_2d_int8(const conv_2d_int8_parameters *parameters, const tile *t, const int8_t *input,
                         THIMBLE_CONST int32_t *weights, THIMBLE_CONST int32_t *bias,
                         THIMBLE_CONST int32_t *multiplier, THIMBLE_CONST int8_t *shift,
                         int32_t *scratch, int8_t *output)
{
#if WITH_MVE
    (void)multiplier;
    (void)shift;
    mve_conv_2d_int8(parameters, t, input, (THIMBLE_CONST int8_t *)weights, bias, (int8_t *)scratch, output);
#elif WITH_DSP
    (void)multiplier;
    (void)shift;
    pairs_conv_2d_int8(parameters, t, input, weights, bias, scratch, output);
#else
    patches_conv_2d_int8(parameters, t, input, (THIMBLE_CONST int8_t *)weights, bias, multiplier, shift,
                         (int16_t *)(void *)scratch, output);
#endif
}
