#ifndef GPIO_NUMBERS_H
#define GPIO_NUMBERS_H
typedef enum { GPIO_NUM_NC = -1, GPIO_NUM_4 = 4, GPIO_NUM_5 = 5, GPIO_NUM_6 = 6, GPIO_NUM_7 = 7 } gpio_num_t;
#endif
