#include "flavours.h"
#include "compiled_alone.h"
#include "fast_output_stage_int8.h"
#include "fully_connected_int8_parameters.h"

/* How FULLY_CONNECTED multiplies two bytes at once without taking them apart. A 16-bit half of a word of weights
 * is 256 * odd + even, for two neighbouring weights, and SXTB16 makes `even` of it. With values a and b,
 *
 *     256 * (a * even + b * odd) = b * (256 * odd + even) + (256 * a - b) * even
 *
 * is one SMLAD with the word as it is and one with its even bytes. For 256 * a - b to fit into 16 bits, 127 is
 * subtracted from every b; the bias makes up for it. The sum of DENSE_CHUNK values fits into 32 bits. */
enum { DENSE_CHUNK = 128, DENSE_BLOCK = 64 };

#if WITH_DSP
/* One group of four values, four outputs: 14 instructions for 16 products. */
#define DENSE_GROUP                                  \
    "ldrd %[low], %[high], [%[wide]], #8\n\t"        \
    "ldmia %[weights]!, {r2, r3, r4, r5}\n\t"        \
    "smlad %[sum0], %[high], r2, %[sum0]\n\t"        \
    "smlad %[sum1], %[high], r3, %[sum1]\n\t"        \
    "smlad %[sum2], %[high], r4, %[sum2]\n\t"        \
    "smlad %[sum3], %[high], r5, %[sum3]\n\t"        \
    "sxtb16 r2, r2\n\t"                              \
    "sxtb16 r3, r3\n\t"                              \
    "sxtb16 r4, r4\n\t"                              \
    "sxtb16 r5, r5\n\t"                              \
    "smlad %[sum0], %[low], r2, %[sum0]\n\t"         \
    "smlad %[sum1], %[low], r3, %[sum1]\n\t"         \
    "smlad %[sum2], %[low], r4, %[sum2]\n\t"         \
    "smlad %[sum3], %[low], r5, %[sum3]\n\t"

static inline void dense_widen(const int8_t *values, int32_t *wide)
{
    int32_t word;
    int32_t odd;
    int32_t low;
    memcpy(&word, values, sizeof word);
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(odd) : "r"(word));
    __asm__("ssub16 %0, %1, %2" : "=r"(odd) : "r"(odd), "r"(0x007F007F));
    __asm__("ssub16 %0, %1, %2" : "=r"(low) : "r"(((uint32_t)word << 8) & 0xFF00FF00u), "r"(odd));
    wide[0] = low;
    wide[1] = odd;
}

/* sums[i] += the products of `groups` groups with four rows of weights. */
COMPILED_ALONE static void dense_multiply(const int32_t *wide, const int32_t *weights, int32_t groups,
                                          int32_t *sums)
{
    int32_t sum0 = 0;
    int32_t sum1 = 0;
    int32_t sum2 = 0;
    int32_t sum3 = 0;
    int32_t low;
    int32_t high;
    for (; groups >= 2; groups -= 2) {
        __asm__(DENSE_GROUP DENSE_GROUP
                : [wide] "+r"(wide), [weights] "+r"(weights), [sum0] "+r"(sum0), [sum1] "+r"(sum1),
                  [sum2] "+r"(sum2), [sum3] "+r"(sum3), [low] "=&r"(low), [high] "=&r"(high)
                :
                : "r2", "r3", "r4", "r5", "memory");
    }
    if (groups > 0) {
        __asm__(DENSE_GROUP
                : [wide] "+r"(wide), [weights] "+r"(weights), [sum0] "+r"(sum0), [sum1] "+r"(sum1),
                  [sum2] "+r"(sum2), [sum3] "+r"(sum3), [low] "=&r"(low), [high] "=&r"(high)
                :
                : "r2", "r3", "r4", "r5", "memory");
    }
    sums[0] += sum0 >> 8;
    sums[1] += sum1 >> 8;
    sums[2] += sum2 >> 8;
    sums[3] += sum3 >> 8;
}
#else
static inline void dense_widen(const int8_t *values, int32_t *wide)
{
    int16_t group[4];
    group[0] = values[0];
    group[1] = (int16_t)(values[1] - 127);
    group[2] = values[2];
    group[3] = (int16_t)(values[3] - 127);
    memcpy(wide, group, sizeof group);
}

static inline void dense_multiply(const int32_t *wide, const int32_t *weights, int32_t groups, int32_t *sums)
{
    const int8_t *w = (const int8_t *)weights;
    for (int32_t group = 0; group < groups; ++group, wide += 2) {
        int16_t x[4];
        memcpy(x, wide, sizeof x);
        for (int32_t i = 0; i < 4; ++i, w += 4) {
            sums[i] += x[0] * w[0] + x[1] * (w[1] + (w[0] < 0)) + x[2] * w[2] + x[3] * (w[3] + (w[2] < 0));
        }
    }
}
#endif

/* FULLY_CONNECTED: weights are [outputs / 4][inputs / 4][4 outputs][4 inputs], filled up with zeros, with 1
 * subtracted from each odd one behind a negative even one. `wide` holds a chunk of values and a block of sums. */
static void dense_int8(const fully_connected_int8_parameters *p, const int8_t *input, const int32_t *weights,
                       const int32_t *bias, const int32_t *multiplier, const int8_t *shift, int32_t *wide,
                       int8_t *output)
{
    const int32_t row_groups = (p->input_size + 3) / 4;
    const int32_t whole_groups = p->input_size / 4;
    const int32_t chunk = row_groups < DENSE_CHUNK / 4 ? row_groups : (int32_t)DENSE_CHUNK / 4;
    int32_t *const sums = wide + 2 * chunk;
    fast_stage_int8 fast = fast_stage_of(&p->stage, multiplier, shift, 0);
    for (int32_t row = 0; row < p->rows; ++row, input += p->input_size, output += p->output_size) {
        for (int32_t first = 0; first < p->output_size; first += DENSE_BLOCK) {
            const int32_t rest = p->output_size - first;
            const int32_t count = rest < DENSE_BLOCK ? rest : (int32_t)DENSE_BLOCK;
            for (int32_t i = 0; i < count; ++i) {
                sums[i] = bias[first + i];
            }
            for (int32_t i = count; i % 4 != 0; ++i) {
                sums[i] = 0;
            }
            for (int32_t begin = 0; begin < row_groups; begin += chunk) {
                const int32_t end = begin + chunk < row_groups ? begin + chunk : row_groups;
                for (int32_t group = begin; group < end; ++group) {
                    if (group < whole_groups) {
                        dense_widen(input + 4 * group, wide + 2 * (group - begin));
                    } else {
                        int8_t tail[4] = {0, 0, 0, 0};
                        for (int32_t i = 0; i < p->input_size - 4 * group; ++i) {
                            tail[i] = input[4 * group + i];
                        }
                        dense_widen(tail, wide + 2 * (group - begin));
                    }
                }
                for (int32_t i = 0; i < count; i += 4) {
                    dense_multiply(wide, weights + (first + i) * row_groups + 4 * begin, end - begin, sums + i);
                }
            }
            for (int32_t i = 0; i < count; ++i) {
                if (p->stage.per_channel) {
                    fast = fast_stage_of(&p->stage, multiplier, shift, first + i);
                }
                output[first + i] =
                    clamp_int8(fast_requantize_int8(&fast, sums[i]), p->stage.least, p->stage.greatest);
            }
        }
    }
}
