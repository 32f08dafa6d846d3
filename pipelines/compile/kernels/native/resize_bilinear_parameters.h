typedef struct {
    int32_t images;
    int32_t height;
    int32_t width;
    int32_t channels;
    int32_t output_height;
    int32_t output_width;
} resize_bilinear_parameters;
