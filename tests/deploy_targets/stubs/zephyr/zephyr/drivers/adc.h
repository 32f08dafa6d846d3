#ifndef ADC_H
#define ADC_H
#include <zephyr/kernel.h>
struct adc_dt_spec { const struct device *dev; uint8_t channel_id; };
struct adc_sequence { void *buffer; size_t buffer_size; };
#define ADC_DT_SPEC_GET_BY_IDX(node, index) {&board_device_adc, index}
bool adc_is_ready_dt(const struct adc_dt_spec *pin);
int adc_channel_setup_dt(const struct adc_dt_spec *pin);
int adc_sequence_init_dt(const struct adc_dt_spec *pin, struct adc_sequence *sequence);
int adc_read_dt(const struct adc_dt_spec *pin, const struct adc_sequence *sequence);
int adc_raw_to_millivolts_dt(const struct adc_dt_spec *pin, int32_t *value);
#endif
