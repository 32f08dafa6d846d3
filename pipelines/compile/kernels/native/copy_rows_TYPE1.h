/* Copy rows of size elements next to each other into rows that are output_row_size apart. */
static void copy_rows_TYPE1(int32_t rows, int32_t size, int32_t output_row_size, const C_TYPE1 *input, C_TYPE1 *output)
{
    for (int32_t row = 0; row < rows; ++row) {
        for (int32_t i = 0; i < size; ++i) {
            output[i] = input[i];
        }
        input += size;
        output += output_row_size;
    }
}
