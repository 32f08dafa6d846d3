/* const, of what lies in the memory for constants. On AVR that is flash, to which pointers are of a kind of their own
 * (in GNU C alone); define it as const to have these constants copied to RAM there when the device starts. */
#ifndef THIMBLE_CONST
#if defined(__AVR__) && defined(__FLASH)
#define THIMBLE_CONST const __flash
#else
#define THIMBLE_CONST const
#endif
#endif
