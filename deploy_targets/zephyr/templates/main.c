/* Classifies what the sensor reads, window by window, with $name. Made by Thimble. */
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include "sensor.h"
#include "${name}_continuous.h"
#ifdef CONFIG_${NAME}_SELFTEST
#include "${name}_selftest.h"
#endif

static ${name}_workspace workspace;
static ${name}_continuous state;

/* Called for each window, every $stride_ms ms. */
static void on_result(void *context, const ${name}_result *result)
{
    const long end_ms = (long)((double)result->end * 1000.0 / (double)${NAME}_SAMPLE_RATE_HZ);
    (void)context;
    if (result->answer == ${NAME}_UNCERTAIN) {
        printk("%ld ms: uncertain\n", end_ms);
    } else {
        printk("%ld ms: %s, %d %%\n", end_ms, ${name}_labels[result->answer],
               (int)(100.0f * result->smoothed[result->answer] + 0.5f));
    }
}

int main(void)
{
    static $type samples[SENSOR_BLOCK * ${NAME}_CHANNELS];
    int error;

#ifdef CONFIG_${NAME}_SELFTEST
    if (${name}_selftest(&workspace, NULL) == 0) {
        printk("$name: the self-test passed\n");
    } else {
        printk("$name: the self-test failed: this build computes something else than was measured\n");
    }
#endif
    error = sensor_start();
    if (error != 0) {
        printk("$name: the sensor did not start (%d)\n", error);
        return error;
    }
    ${name}_continuous_start(&state, &workspace, on_result, NULL);
    for (;;) {
        const int count = sensor_read(samples);
        if (count < 0) {
            printk("$name: reading the sensor failed (%d)\n", count);
            return count;
        }
        ${push}(&state, samples, count);
    }
}
