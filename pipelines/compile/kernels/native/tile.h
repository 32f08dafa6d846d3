/* How an image lies in memory: the columns from first_column on, and as many rows as it says at a time. Row y lies at
 * the place y % rows. */
typedef struct {
    int32_t rows;
    int32_t first_column;
    int32_t columns;
} image_view;

/* The part of its output that a step computes, in rows and columns of the whole image, and how its inputs and its
 * output lie in memory. A step that is not cut into tiles has one, which is all of everything. */
typedef struct {
    int32_t first_row;
    int32_t end_row;
    int32_t first_column;
    int32_t end_column;
    image_view inputs[2];
    image_view output;
} tile;

/* Where the first column in memory of row y begins, in pixels. */
static inline int32_t view_row(const image_view *view, int32_t y)
{
    return (y < view->rows ? y : y % view->rows) * view->columns;
}

/* Where pixel (y, x) lies, in pixels. */
static inline int32_t view_pixel(const image_view *view, int32_t y, int32_t x)
{
    return view_row(view, y) + x - view->first_column;
}
