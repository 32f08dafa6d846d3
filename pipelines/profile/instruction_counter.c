/*
 * Counts Thumb instructions; Unicorn calls count_instruction before each one that it executes.
 *
 * Unicorn leaves out the instructions of an IT block whose condition fails, but the core spends a cycle on each of
 * them. So an IT instruction counts its whole block at once, and what is executed of the block is not counted again
 * (Armv7-M Architecture Reference Manual, A7.7.38: an IT covers as many instructions as its mask tells).
 */
#include <stdint.h>

struct counter {
    uint64_t count;
    const unsigned char *code; /* the image's code, which begins at address code_start */
    uint64_t code_start;
    uint64_t code_end;
    uint64_t block_start; /* of the last IT block */
    uint64_t block_end;
};

void count_instruction(void *engine, uint64_t address, uint32_t size, void *context);

static unsigned int half_word(const struct counter *counter, uint64_t address)
{
    const unsigned char *place;
    if (address < counter->code_start || address + 2 > counter->code_end) {
        return 0;
    }
    place = counter->code + (address - counter->code_start);
    return (unsigned int)place[0] | (unsigned int)place[1] << 8;
}

void count_instruction(void *engine, uint64_t address, uint32_t size, void *context)
{
    struct counter *const counter = (struct counter *)context;
    const unsigned int instruction = half_word(counter, address);
    unsigned int mask = instruction & 0xFu;
    (void)engine;
    (void)size;
    if (address >= counter->block_start && address < counter->block_end) {
        return;
    }
    counter->count++;
    if ((instruction & 0xFF00u) != 0xBF00u || mask == 0) {
        return;
    }
    counter->block_start = counter->block_end = address + 2;
    for (; mask != 0; mask = (mask << 1) & 0xFu) {
        counter->count++;
        counter->block_end += half_word(counter, counter->block_end) >= 0xE800u ? 4 : 2;
    }
}
