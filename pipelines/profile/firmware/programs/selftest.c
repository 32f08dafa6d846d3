/* Run the library's self-test and print what failed. */
#include "${name}_selftest.h"
#include "firmware.h"

static ${name}_workspace firmware_workspace;

static void failed(int window, int label, float expected, float got)
{
    (void)expected;
    (void)got;
    firmware_print("window ");
    firmware_print_hex((uint32_t)window);
    firmware_print(" class ");
    firmware_print_hex((uint32_t)label);
    firmware_print(" differs\n");
}

int firmware_main(void)
{
    return ${name}_selftest(&firmware_workspace, failed) == 0 ? 0 : 1;
}
