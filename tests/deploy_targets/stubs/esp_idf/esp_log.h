#ifndef ESP_LOG_H
#define ESP_LOG_H
void board_log(char level, const char *tag, const char *format, ...) __attribute__((format(printf, 3, 4)));
#define ESP_LOGI(tag, ...) board_log('I', tag, __VA_ARGS__)
#define ESP_LOGE(tag, ...) board_log('E', tag, __VA_ARGS__)
#endif
