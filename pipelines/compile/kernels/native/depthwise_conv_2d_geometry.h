typedef struct {
    int32_t input_height;
    int32_t input_width;
    int32_t input_channels;
    int32_t output_height;
    int32_t output_width;
    int32_t kernel_height;
    int32_t kernel_width;
    int32_t stride_height;
    int32_t stride_width;
    int32_t pad_top;
    int32_t pad_left;
    int32_t dilation_height;
    int32_t dilation_width;
    int32_t depth_multiplier;
} depthwise_conv_2d_geometry;

/* Output channels whose sums are held at once. */
enum { DEPTHWISE_BLOCK = 16 };
