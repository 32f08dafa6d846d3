/* Classifies what the sensor reads, window by window, with $name. Made by Thimble. */
#include <inttypes.h>
#include <stdio.h>

#include "esp_log.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "sdkconfig.h"

#include "sensor.h"
#include "${name}_continuous.h"
#ifdef CONFIG_${NAME}_SELFTEST
#include "${name}_selftest.h"
#endif

static const char *const TAG = "$name";

static ${name}_workspace workspace;
static ${name}_continuous state;

/* Called for each window, every $stride_ms ms. */
static void on_result(void *context, const ${name}_result *result)
{
    const int64_t end_ms = (int64_t)((double)result->end * 1000.0 / (double)${NAME}_SAMPLE_RATE_HZ);
    (void)context;
    if (result->answer == ${NAME}_UNCERTAIN) {
        ESP_LOGI(TAG, "%" PRId64 " ms: uncertain", end_ms);
    } else {
        ESP_LOGI(TAG, "%" PRId64 " ms: %s, %d %%", end_ms, ${name}_labels[result->answer],
                 (int)(100.0f * result->smoothed[result->answer] + 0.5f));
    }
}

void app_main(void)
{
    static $type samples[SENSOR_BLOCK * ${NAME}_CHANNELS];
    int error;

#ifdef CONFIG_${NAME}_SELFTEST
    if (${name}_selftest(&workspace, NULL) == 0) {
        ESP_LOGI(TAG, "the self-test passed");
    } else {
        ESP_LOGE(TAG, "the self-test failed: this build computes something else than was measured");
    }
#endif
    error = sensor_start();
    if (error != 0) {
        ESP_LOGE(TAG, "the sensor did not start (%d): check the wires and the pins in sensor.c", error);
        return;
    }
    ${name}_continuous_start(&state, &workspace, on_result, NULL);
    for (;;) {
        const int count = sensor_read(samples);
        if (count < 0) {
            ESP_LOGE(TAG, "reading the sensor failed (%d)", count);
            return;
        }
        ${push}(&state, samples, count);
    }
}
