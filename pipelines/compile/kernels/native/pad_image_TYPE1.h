#include "tile.h"

/* How far from the output's first row, column and channel the input's begin. */
typedef struct {
    int32_t height;
    int32_t width;
    int32_t channels;
    int32_t top;
    int32_t left;
    int32_t front;
    int32_t output_channels;
    C_TYPE1 value;
} pad_image_TYPE1_parameters;

/* PAD of an image: the value, and over it the input's pixels. */
static void pad_image_TYPE1(const pad_image_TYPE1_parameters *p, const tile *t, const C_TYPE1 *input, C_TYPE1 *output)
{
    for (int32_t y = t->first_row; y < t->end_row; ++y) {
        const int32_t row = y - p->top;
        C_TYPE1 *target = output + view_pixel(&t->output, y, t->first_column) * p->output_channels;
        for (int32_t x = t->first_column; x < t->end_column; ++x) {
            const int32_t column = x - p->left;
            for (int32_t c = 0; c < p->output_channels; ++c) {
                target[c] = p->value;
            }
            if (row >= 0 && row < p->height && column >= 0 && column < p->width) {
                const C_TYPE1 *pixel = input + view_pixel(&t->inputs[0], row, column) * p->channels;
                for (int32_t c = 0; c < p->channels; ++c) {
                    target[p->front + c] = pixel[c];
                }
            }
            target += p->output_channels;
        }
    }
}
