typedef struct {
    int32_t images;
    int32_t height;
    int32_t width;
    int32_t output_height;
    int32_t output_width;
    int32_t pixel_bytes;
} pick_pixels_parameters;

/* Make an image of the pixels of another: row y and column x of the output are row rows[y] and column columns[x] of the
 * input. A row that is made from the same one as the row above is copied from there. */
static void pick_pixels(const pick_pixels_parameters *p, const void *input, const uint16_t *rows,
                        const uint16_t *columns, void *output)
{
    const uint8_t *image = (const uint8_t *)input;
    uint8_t *target = (uint8_t *)output;
    const int32_t bytes = p->pixel_bytes;
    const int32_t row_bytes = p->output_width * bytes;
    for (int32_t i = 0; i < p->images; ++i) {
        for (int32_t y = 0; y < p->output_height; ++y) {
            const uint8_t *row = image + rows[y] * p->width * bytes;
            if (y > 0 && rows[y] == rows[y - 1]) {
                memcpy(target, target - row_bytes, (size_t)row_bytes);
            } else {
                for (int32_t x = 0; x < p->output_width; ++x) {
                    memcpy(target + x * bytes, row + columns[x] * bytes, (size_t)bytes);
                }
            }
            target += row_bytes;
        }
        image += p->height * p->width * bytes;
    }
}
