#ifndef UNITY_H
#define UNITY_H
void unity_begin();
void unity_run(void (*test)(), const char *name);
void unity_equal(long expected, long actual);
int unity_end();
#define UNITY_BEGIN() unity_begin()
#define RUN_TEST(test) unity_run(test, #test)
#define TEST_ASSERT_EQUAL_INT(expected, actual) unity_equal(expected, actual)
#define UNITY_END() unity_end()
#endif
