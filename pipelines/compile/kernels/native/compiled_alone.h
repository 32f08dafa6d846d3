/* A function that is compiled by itself, whatever its callers look like: its assembly needs nearly all registers. */
#define COMPILED_ALONE
#if defined(__has_attribute)
#if __has_attribute(noipa)
#undef COMPILED_ALONE
#define COMPILED_ALONE __attribute__((noipa))
#elif __has_attribute(noinline)
#undef COMPILED_ALONE
#define COMPILED_ALONE __attribute__((noinline))
#endif
#endif
