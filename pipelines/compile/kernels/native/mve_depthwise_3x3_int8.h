#include "compiled_alone.h"
#include "depthwise_conv_2d_int8_parameters.h"
#include "mve_fill_bytes.h"
#include "tile.h"

#if WITH_MVE
/* How a 3 x 3 window becomes one vector. Four rows of eight channels lie in scratch memory as [column][channel][4 rows],
 * so that a gathering load brings a channel's 4 x 4 pixels; with the nine weights among zeros, at one of four places,
 * VMLADAV makes of them the sums of four neighbouring windows, or of one where the stride is 2.
 *
 * Rows come in pairs, which take turns in the lower and the upper half of the four; the weights follow them. */
enum { MVE_BLOCK = 8, MVE_COLUMN_BYTES = 4 * MVE_BLOCK, MVE_COLUMNS = 16 };

/* What the loop over channels works with; its assembly knows where each field lies. */
typedef struct {
    int32_t least[4];
    int32_t greatest[4];
    const int8_t *pixels;
    int8_t *target;
    const int8_t *weights;
    const int32_t *channels;
    uint32_t lanes; /* of the vectors of outputs that are written, with one bit for a byte */
    int32_t count;  /* of vectors of outputs */
    uint32_t last_lanes; /* of one more vector, 0 where there is none */
    int32_t turned; /* whether the upper two rows lie behind the lower ones */
    int32_t rest;   /* of channels */
} mve_windows_int8;

/* Two neighbouring windows of each of two rows. */
#define MVE_WINDOWS_2X2                            \
    "vldrw.u32 q0, [%[pixels], %q[columns]]\n\t"   \
    "vmladav.s8 %[sum0], q0, q4\n\t"               \
    "vmladav.s8 %[sum1], q0, q5\n\t"               \
    "vmladav.s8 %[sum2], q0, q6\n\t"               \
    "vmladav.s8 %[sum3], q0, q7\n\t"               \
    "add %[pixels], %[pixels], #64\n\t"

/* Four windows of one row, each two columns behind the one before. */
#define MVE_WINDOW(sum)                            \
    "vldrw.u32 q0, [%[pixels], %q[columns]]\n\t"   \
    "vmladav.s8 %[" sum "], q0, q4\n\t"            \
    "add %[pixels], %[pixels], #64\n\t"
#define MVE_WINDOWS_1X4 MVE_WINDOW("sum0") MVE_WINDOW("sum1") MVE_WINDOW("sum2") MVE_WINDOW("sum3")

/* Scale, add the zero point, saturate: enough for an activation that is none or cuts at the zero point, where it does
 * not show that VRSHL rounds halves up and the reference rounds them away from zero. */
#define MVE_SATURATE                        \
    "vrshl.s32 q2, %[shift]\n\t"            \
    "vadd.i32 q2, q2, %[zero_point]\n\t"    \
    "vqmovnb.s32 q2, q2\n\t"                \
    "vqmovnb.s16 q2, q2\n\t"

#define MVE_ROUND_AND_CLAMP                 \
    "vshr.s32 q0, q2, #31\n\t"              \
    "vadd.i32 q2, q2, q0\n\t"               \
    "vrshl.s32 q2, %[shift]\n\t"            \
    "vldrw.32 q0, [%[windows]]\n\t"    \
    "vadd.i32 q2, q2, %[zero_point]\n\t"    \
    "vmax.s32 q2, q2, q0\n\t"               \
    "vldrw.32 q0, [%[windows], #16]\n\t"    \
    "vmin.s32 q2, q2, q0\n\t"

#define MVE_4_OUTPUTS(sums, finish)             \
    sums                                        \
    "vmov q2[2], q2[0], %[sum0], %[sum2]\n\t"   \
    "vmov q2[3], q2[1], %[sum1], %[sum3]\n\t"   \
    "vadd.i32 q2, q2, %[bias]\n\t"              \
    "vqrdmulh.s32 q2, q2, %[multiplier]\n\t"    \
    finish                                      \
    "vpst\n\t"                                  \
    "vstrbt.32 q2, [%[target], %q[places]]\n\t" \
    "add %[target], %[target], %[advance]\n\t"

/* The outputs of some channels, in one or two rows of the image. The weights of a channel are [3 columns][3 rows, 0]
 * and four zeros, with four more in front, and are brought to the four places here. */
#define MVE_DEPTHWISE_CHANNELS(sums, finish)                                                                         \
    __asm__ volatile("1:\n\t"                                                                                        \
                     "ldrd %[pixels], %[target], [%[windows], #32]\n\t"                                              \
                     "ldrd %[sum0], %[sum1], [%[windows], #40]\n\t"                                                  \
                     "add %[sum2], %[pixels], #4\n\t"                                                                \
                     "add %[sum3], %[target], #1\n\t"                                                                \
                     "strd %[sum2], %[sum3], [%[windows], #32]\n\t"                                                  \
                     "vldrb.8 q4, [%[sum0], #4]\n\t"                                                                 \
                     "vldrb.8 q5, [%[sum0]], #16\n\t"                                                                \
                     "ldr %[bias], [%[sum1]], #4\n\t"                                                                \
                     "ldr %[multiplier], [%[sum1]], #4\n\t"                                                          \
                     "ldr %[shift], [%[sum1]], #4\n\t"                                                               \
                     "strd %[sum0], %[sum1], [%[windows], #40]\n\t"                                                  \
                     "ldrd %[sum2], %[sum3], [%[windows], #56]\n\t"                                                  \
                     "ldrd %[sum0], %[sum1], [%[windows], #48]\n\t"                                                  \
                     "vshl.i32 q6, q4, #8\n\t"                                                                       \
                     "vshl.i32 q7, q5, #8\n\t"                                                                       \
                     "cmp %[sum3], #0\n\t"                                                                           \
                     "beq 2f\n\t"                                                                                    \
                     "vrev32.16 q4, q4\n\t"                                                                          \
                     "vrev32.16 q5, q5\n\t"                                                                          \
                     "vrev32.16 q6, q6\n\t"                                                                          \
                     "vrev32.16 q7, q7\n"                                                                            \
                     "2:\n\t"                                                                                        \
                     "vmsr p0, %[sum0]\n\t"                                                                          \
                     "wls lr, %[sum1], 4f\n"                                                                         \
                     "3:\n\t"                                                                                        \
                     MVE_4_OUTPUTS(sums, finish)                                                                     \
                     "le lr, 3b\n"                                                                                   \
                     "4:\n\t"                                                                                        \
                     "ldr %[sum2], [%[windows], #56]\n\t"                                                            \
                     "cmp %[sum2], #0\n\t"                                                                           \
                     "beq 5f\n\t"                                                                                    \
                     "vmsr p0, %[sum2]\n\t"                                                                          \
                     MVE_4_OUTPUTS(sums, finish)                                                                     \
                     "5:\n\t"                                                                                        \
                     "ldr %[sum2], [%[windows], #64]\n\t"                                                            \
                     "subs %[sum2], %[sum2], #1\n\t"                                                                 \
                     "str %[sum2], [%[windows], #64]\n\t"                                                            \
                     "bgt 1b\n\t"                                                                                    \
                     : [pixels] "=&r"(pixels), [target] "=&r"(target), [sum0] "=&Te"(sums0), [sum1] "=&Te"(sums1),   \
                       [sum2] "=&Te"(sums2), [sum3] "=&Te"(sums3), [bias] "=&r"(bias),                               \
                       [multiplier] "=&r"(multiplier), [shift] "=&r"(shift)                                          \
                     : [windows] "r"(windows), [zero_point] "r"(zero_point), [advance] "r"(advance),                 \
                       [columns] "w"(columns), [places] "w"(places)                                                  \
                     : "lr", "q0", "q2", "q4", "q5", "q6", "q7", "cc", "memory")

COMPILED_ALONE static void mve_depthwise_channels_int8(mve_windows_int8 *windows, int32_t is_plain,
                                                       int32_t is_strided, int32_t zero_point, int32_t advance,
                                                       uint32x4_t places)
{
    const uint32x4_t columns = vmulq_n_u32(vidupq_n_u32(0, 1), (uint32_t)MVE_COLUMN_BYTES);
    const int8_t *pixels;
    int8_t *target;
    int32_t sums0;
    int32_t sums1;
    int32_t sums2;
    int32_t sums3;
    int32_t bias;
    int32_t multiplier;
    int32_t shift;
    if (is_strided) {
        MVE_DEPTHWISE_CHANNELS(MVE_WINDOWS_1X4, MVE_ROUND_AND_CLAMP);
    } else if (is_plain) {
        MVE_DEPTHWISE_CHANNELS(MVE_WINDOWS_2X2, MVE_SATURATE);
    } else {
        MVE_DEPTHWISE_CHANNELS(MVE_WINDOWS_2X2, MVE_ROUND_AND_CLAMP);
    }
}

/* A row of the image, or, where there is none, a pixel of padding that is read again and again. */
typedef struct {
    const int8_t *pixels;
    int32_t pitch;
} mve_row_int8;

static inline mve_row_int8 mve_row_of(const depthwise_conv_2d_geometry *g, const image_view *view,
                                      const int8_t *input, int32_t row, int32_t column, const int8_t *padding)
{
    mve_row_int8 found;
    found.pitch = row >= 0 && row < g->input_height ? g->input_channels : 0;
    found.pixels = found.pitch ? input + view_pixel(view, row, column) * g->input_channels : padding;
    return found;
}

/* Put a pair of rows of up to eight channels into a half of count columns. Compilers do not know that assembly changes
 * the lanes' predicate, so that no intrinsic in this file may use it. */
static inline void mve_put_rows(mve_row_int8 upper, mve_row_int8 lower, int32_t channels, int8_t *half, int32_t count)
{
    const uint16x8_t places = vidupq_n_u16(0, 2);
    const uint32_t lanes = (1u << 2 * channels) - 1u;
    __asm__ volatile("vmsr p0, %[lanes]\n\t"
                     "wls lr, %[count], 2f\n"
                     "1:\n\t"
                     "vpstt\n\t"
                     "vldrbt.u16 q0, [%[upper]]\n\t"
                     "vldrbt.u16 q1, [%[lower]]\n\t"
                     "vsli.16 q0, q1, #8\n\t"
                     "vstrh.16 q0, [%[half], %q[places], uxtw #1]\n\t"
                     "add %[upper], %[upper], %[upper_pitch]\n\t"
                     "add %[lower], %[lower], %[lower_pitch]\n\t"
                     "add %[half], %[half], #32\n\t"
                     "le lr, 1b\n"
                     "2:\n\t"
                     : [upper] "+l"(upper.pixels), [lower] "+l"(lower.pixels), [half] "+r"(half)
                     : [upper_pitch] "r"(upper.pitch), [lower_pitch] "r"(lower.pitch), [count] "r"(count),
                       [lanes] "r"(lanes), [places] "w"(places)
                     : "lr", "q0", "q1", "memory");
}

/* The columns of a tile for which the strip has room. */
static void mve_depthwise_columns_int8(const depthwise_conv_2d_int8_parameters *parameters, const tile *t,
                                       const int8_t *input, const int8_t *weights, const int32_t *channels,
                                       int8_t *strip, int8_t *output)
{
    const depthwise_conv_2d_geometry *g = &parameters->geometry;
    const output_stage_int8 *stage = &parameters->stage;
    const int32_t columns = t->end_column - t->first_column;
    const int32_t is_strided = g->stride_width == 2;
    const int32_t at_once = is_strided ? 4 : 2;
    const int32_t strip_columns = (columns + at_once - 1) / at_once * at_once * g->stride_width + 2;
    const int32_t left = t->first_column * g->stride_width - g->pad_left;
    const int32_t first = left < 0 ? 0 : left;
    const int32_t reach = left + strip_columns < g->input_width ? left + strip_columns : g->input_width;
    const int32_t rows_at_once = g->stride_height == 1 ? 2 : 1;
    const uint32_t last_columns = is_strided ? (1u << columns % 4 * 4) - 1u : (columns % 2 == 0 ? 0 : 0x0F0Fu);
    const int32_t is_plain = stage->least >= stage->zero_point && stage->least == -128 && stage->greatest == 127;
    const int32_t pitch = g->input_channels;
    const int32_t second_row = t->output.columns * pitch;
    const int32_t offsets[2][4] = {{0, pitch, second_row, second_row + pitch}, {0, pitch, 2 * pitch, 3 * pitch}};
    const uint32x4_t places = vreinterpretq_u32_s32(vld1q_s32(offsets[is_strided]));
    int8_t padding[MVE_BLOCK];
    mve_windows_int8 windows;
    mve_fill_bytes(padding, (int8_t)parameters->input_zero_point, MVE_BLOCK);
    vst1q_s32(windows.least, vdupq_n_s32(stage->least));
    vst1q_s32(windows.greatest, vdupq_n_s32(stage->greatest));
    windows.count = columns / at_once;
    for (int32_t block = 0; block < g->input_channels; block += MVE_BLOCK) {
        const int32_t rest = g->input_channels - block;
        const int32_t count = rest < MVE_BLOCK ? rest : (int32_t)MVE_BLOCK;
        int32_t half = 0;
        int32_t row = t->first_row * g->stride_height - g->pad_top;
        mve_fill_bytes(strip, (int8_t)parameters->input_zero_point, strip_columns * MVE_COLUMN_BYTES);
        for (int32_t y = t->first_row - rows_at_once; y < t->end_row; y += rows_at_once, row += 2, half ^= 1) {
            mve_put_rows(mve_row_of(g, &t->inputs[0], input + block, row, first, padding),
                         mve_row_of(g, &t->inputs[0], input + block, row + 1, first, padding), count,
                         strip + (first - left) * MVE_COLUMN_BYTES + 2 * half, reach - first);
            if (y < t->first_row) {
                continue;
            }
            windows.lanes = is_strided || (rows_at_once == 2 && y + 2 <= t->end_row) ? 0xFFFFu : 0x00FFu;
            windows.last_lanes = windows.lanes & last_columns;
            windows.pixels = strip;
            windows.target = output + view_pixel(&t->output, y, t->first_column) * pitch + block;
            windows.weights = weights + 16 * block;
            windows.channels = channels + 3 * block;
            windows.turned = half == 0;
            windows.rest = count;
            mve_depthwise_channels_int8(&windows, is_plain, is_strided, stage->zero_point, at_once * pitch, places);
        }
    }
}
/* DEPTHWISE_CONV_2D with a 3 x 3 window, eight channels at a time; the stride is 2 in both directions, or 1 or 2
 * downwards and 1 sideways. Weights are 4 zeros and then [channels][16] as above, `channels` is
 * [channels][bias, multiplier, shift]. The strip has room for MVE_COLUMNS of a tile, or for all of a whole image,
 * whose output may begin where the input does if it is not larger. */
static void mve_depthwise_3x3_int8(const depthwise_conv_2d_int8_parameters *parameters, const tile *t,
                                   const int8_t *input, const int8_t *weights, const int32_t *channels,
                                   int8_t *strip, int8_t *output)
{
    const int32_t is_whole = t->end_row - t->first_row == parameters->geometry.output_height;
    tile part = *t;
    for (; part.first_column < t->end_column; part.first_column = part.end_column) {
        const int32_t rest = t->end_column - part.first_column;
        part.end_column = part.first_column + (is_whole || rest < MVE_COLUMNS ? rest : (int32_t)MVE_COLUMNS);
        mve_depthwise_columns_int8(parameters, &part, input, weights, channels, strip, output);
    }
}
#endif
