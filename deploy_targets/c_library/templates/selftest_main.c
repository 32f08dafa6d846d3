/* Runs the self-test of $name on a machine with a standard output. */
#include "${name}_selftest.h"

#include <stdio.h>

static ${name}_workspace workspace;

static void failed(int window, int label, float expected, float got)
{
    printf("window %d, class %d (%s): expected %.9g, got %.9g\n", window, label, ${name}_labels[label],
           (double)expected, (double)got);
}

int main(void)
{
    const int failures = ${name}_selftest(&workspace, failed);
    if (failures != 0) {
        printf("$name: the self-test failed for %d window(s); build with -ffp-contract=off, without -ffast-math\n",
               failures);
        return 1;
    }
    printf("$name: the self-test passed\n");
    return 0;
}
