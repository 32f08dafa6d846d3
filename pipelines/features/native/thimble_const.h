/*
 * thimble_const: where constant tables lie.
 */
#ifndef THIMBLE_CONST_H
#define THIMBLE_CONST_H

/* const, of what lies in the memory for constants. Where that has pointers of a kind of its own, as an AVR's flash, define
 * it before, in all files alike: const __flash. GCC passes these to a kernel that takes others without an error; only
 * -Waddr-space-convert tells, by "address space '__flash' to address space 'generic'". */
#ifndef THIMBLE_CONST
#define THIMBLE_CONST const
#endif

#endif
