/*
 * The self-test of $name on the device or on the computer: pio test. Made by Thimble.
 */
#include <${name}.h>
#include <unity.h>

#include "${name}_selftest.h"

static ${name}_workspace workspace;

void setUp(void) {}
void tearDown(void) {}

/* Real windows, whose answers must be those that were measured. */
static void test_${name}_answers_what_was_measured(void)
{
    TEST_ASSERT_EQUAL_INT(0, ${name}_selftest(&workspace, 0));
}

static int run_tests(void)
{
    UNITY_BEGIN();
    RUN_TEST(test_${name}_answers_what_was_measured);
    return UNITY_END();
}

#ifdef ARDUINO
#include <Arduino.h>

void setup()
{
    delay(2000); /* the computer opens the serial port meanwhile */
    run_tests();
}

void loop() {}
#else
int main(void)
{
    return run_tests();
}
#endif
