/* What of the C library the generated C asks for, where there is none: in WebAssembly. */
#ifndef THIMBLE_WASM_STRING_H
#define THIMBLE_WASM_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int value, size_t count);
int memcmp(const void *first, const void *second, size_t count);

#endif
