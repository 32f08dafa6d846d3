#ifndef KERNEL_H
#define KERNEL_H
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#define MIN(a, b) ((a) < (b) ? (a) : (b))
struct device { const char *name; };
extern const struct device board_device_accel0, board_device_gyro0, board_device_dmic_dev, board_device_adc;
#define DT_ALIAS(alias) alias
#define DT_NODELABEL(label) label
#define DT_PATH(node) node
#define DEVICE_DT_GET(node) DEVICE_DT_GET_OF(node)
#define DEVICE_DT_GET_OF(node) (&board_device_##node)
bool device_is_ready(const struct device *device);
typedef int64_t k_timeout_t;
#define K_USEC(us) ((k_timeout_t)(us))
struct k_timer { k_timeout_t period; };
#define K_TIMER_DEFINE(name, expiry, stop) struct k_timer name
void k_timer_start(struct k_timer *timer, k_timeout_t duration, k_timeout_t period);
uint32_t k_timer_status_sync(struct k_timer *timer);
struct k_mem_slab { char *blocks; size_t size; };
#define K_MEM_SLAB_DEFINE_STATIC(name, block_size, count, align) \
    static char name##_blocks[(block_size) * (count)] __attribute__((aligned(align))); \
    static struct k_mem_slab name = {name##_blocks, block_size}
void k_mem_slab_free(struct k_mem_slab *slab, void *block);
#endif
