#include "dense_multiply_int8.h"
#include "fast_output_stage_int8.h"
#include "fully_connected_int8.h"
#include "mve_dense_int8.h"
#include "pairs_int8.h"

#if WITH_DSP && !WITH_MVE
/* Values that are widened, and outputs that are summed up, at a time. */
enum { DENSE_CHUNK = 128, DENSE_BLOCK = 64 };

static inline void dense_widen_group(uint32_t word, int32_t *wide)
{
    const int32_t biased = pairs_biased((int32_t)word);
    wide[0] = pairs_upper(biased);
    wide[1] = pairs_lower(biased);
}

static inline void dense_widen(const int8_t *values, int32_t count, int32_t *wide)
{
    uint32_t tail = 0;
    for (; count >= 4; count -= 4, values += 4, wide += 2) {
        dense_widen_group((uint32_t)pairs_load(values), wide);
    }
    for (int32_t i = count; i > 0; --i) {
        tail = tail << 8 | (uint8_t)values[i - 1];
    }
    if (count > 0) {
        dense_widen_group(tail, wide);
    }
}

/* sums[i] += the products of a chunk of values with `count` rows of weights, a multiple of 4. */
static inline void dense_chunk(const int32_t *wide, int32_t groups, THIMBLE_CONST int32_t *weights, int32_t row_groups,
                               int32_t count, int32_t *sums)
{
    dense_job job;
    job.wide = wide;
    job.wide_end = wide + 2 * groups;
    job.weights = weights;
    job.gap = (row_groups - groups) * 16;
    job.sums = sums;
    job.blocks = count / 4;
    job.odd = groups % 2;
    job.skipped = -(groups / 2) & 7;
    dense_multiply(&job);
}

/* The output stage of `count` outputs from `first` on, whose sums carry a factor of 2^down. */
static inline void dense_outputs(const output_stage_int8 *stage, THIMBLE_CONST int32_t *multiplier,
                                 THIMBLE_CONST int8_t *shift,
                                 int32_t first, int32_t count, const int32_t *sums, int32_t down, int8_t *output)
{
    const output_stage_int8 s = *stage;
    fast_stage_int8 fast = fast_stage_of(&s, multiplier, shift, 0);
    for (int32_t i = 0; i < count; ++i) {
        if (s.per_channel) {
            fast = fast_stage_of(&s, multiplier, shift, first + i);
        }
        output[i] = (int8_t)fast_requantize_int8(&fast, sums[i] >> down);
    }
    for (int32_t i = 0; i < count && (s.least > -128 || s.greatest < 127); ++i) {
        output[i] = clamp_int8(output[i], s.least, s.greatest);
    }
}

/* One row of FULLY_CONNECTED; see pairs_int8.h. Weights are [outputs / 4][inputs / 4][4 outputs], filled up with
 * zeros. Bias is [outputs filled up], or, where the sum of all products could leave 24 bits, [chunks] of that, and each
 * chunk is summed up by itself. */
static void dense_row_int8(const fully_connected_int8_parameters *p, const int8_t *input,
                           THIMBLE_CONST int32_t *weights,
                           THIMBLE_CONST int32_t *bias, THIMBLE_CONST int32_t *multiplier, THIMBLE_CONST int8_t *shift,
                           int8_t *output)
{
    int32_t wide[DENSE_CHUNK / 2];
    int32_t sums[DENSE_BLOCK];
    const int32_t is_long = p->is_long;
    const int32_t row_groups = (p->input_size + 3) / 4;
    const int32_t filled = (p->output_size + 3) / 4 * 4;
    const int32_t block = is_long ? DENSE_BLOCK / 2 : DENSE_BLOCK;
    int32_t *const totals = is_long ? sums + DENSE_BLOCK / 2 : sums;
    int32_t count = 0;
    for (int32_t first = 0; first < filled; first += count) {
        const int32_t *start = bias + first;
        const int32_t rest = p->output_size - first;
        int32_t values = 0;
        count = filled - first < block ? filled - first : block;
        for (int32_t begin = 0; begin < p->input_size; begin += values, start += filled) {
            values = p->input_size - begin < DENSE_CHUNK ? p->input_size - begin : (int32_t)DENSE_CHUNK;
            if (first == 0 || values < p->input_size) {
                dense_widen(input + begin, values, wide);
            }
            if (begin == 0 || is_long) {
                memcpy(sums, start, (size_t)count * sizeof *sums);
            }
            dense_chunk(wide, (values + 3) / 4, weights + first * row_groups + begin, row_groups, count, sums);
            for (int32_t i = 0; i < count && is_long; ++i) {
                totals[i] = (begin > 0 ? totals[i] : 0) + (sums[i] >> 8);
            }
        }
        dense_outputs(&p->stage, multiplier, shift, first, count < rest ? count : rest, totals, is_long ? 0 : 8,
                      output + first);
    }
}
#endif

/* FULLY_CONNECTED, in the form for the core. */
static void dense_int8(const fully_connected_int8_parameters *p, const int8_t *input, THIMBLE_CONST int32_t *weights,
                       THIMBLE_CONST int32_t *bias, THIMBLE_CONST int32_t *multiplier, THIMBLE_CONST int8_t *shift,
                       int8_t *output)
{
#if WITH_MVE
    (void)multiplier;
    (void)shift;
    mve_dense_int8(p, input, (THIMBLE_CONST int8_t *)weights, bias, output);
#elif WITH_DSP
    for (int32_t row = 0; row < p->rows; ++row) {
        dense_row_int8(p, input + row * p->input_size, weights, bias, multiplier, shift, output + row * p->output_size);
    }
#else
    fully_connected_int8(p, input, (THIMBLE_CONST int8_t *)weights, bias, multiplier, shift, output);
#endif
}
