/*
 * Counts how often each Thumb instruction of an image is executed, layer by layer, and what reaches the memory.
 *
 * Unicorn calls trace_instruction before each instruction that it executes and trace_memory at each access to memory.
 * The present layer is that of the last marker passed: an address at which a layer begins. Instructions of an IT block
 * whose condition fails are not seen; who reads the counts knows them from those of the IT instruction.
 *
 * Two caches of the flash are simulated, one for instructions and one for data, each of some sets of lines, of which
 * the least recently used one gives way.
 *
 * Unicorn 2.1 forgets to clear the core's IT state behind a conditional access that it has told of: it then takes the
 * following instructions for conditional ones. So the state is cleared here, before the next instruction.
 */
#include <stdint.h>

struct cache {
    uint64_t start; /* of the cached memory */
    uint64_t end;
    uint32_t line_bytes; /* 0: no such memory */
    uint32_t sets;
    uint32_t ways;
    uint64_t *lines; /* [sets][ways]: line number + 1, the most recently used one first; 0 is empty */
};

struct layer {
    uint64_t misaligned; /* accesses that the core makes as several */
    uint64_t read_bytes;
    uint64_t written_bytes;
    uint64_t fetch_misses_ahead; /* of the line that follows the one before */
    uint64_t fetch_misses_apart; /* of any other line */
    uint64_t data_misses;
};

struct trace {
    uint64_t code_start;
    uint64_t code_end;
    uint64_t half_words; /* (code_end - code_start) / 2, the length of the rows below */
    const int32_t *markers; /* [half_words]: the layer that begins here, or -1 */
    uint32_t *executed; /* [layers][half_words] */
    uint32_t *entered; /* how often it came after a jump */
    uint32_t *left; /* how often a jump came after it */
    struct layer *layers; /* [layers] */
    const unsigned char *code; /* [half_words * 2] */
    struct cache instructions;
    struct cache data;
    uint64_t layer;
    uint64_t previous; /* place in the rows of the last instruction, half_words at first */
    uint64_t expected; /* address of the instruction that follows the last one without a jump */
    uint64_t block_start; /* of the last IT block */
    uint64_t block_end;
    uint64_t last_line;
    int (*read_register)(void *engine, int number, void *value); /* uc_reg_read */
    int (*write_register)(void *engine, int number, const void *value); /* uc_reg_write */
    int32_t status_register; /* UC_ARM_REG_XPSR */
    int32_t is_status_stale;
};

void trace_instruction(void *engine, uint64_t address, uint32_t size, void *context);
void trace_memory(void *engine, int kind, uint64_t address, int size, int64_t value, void *context);

#define MEMORY_READ 16 /* UC_MEM_READ */
#define IT_STATE 0x0600FC00u /* bits 26, 25 and 15 to 10 of xPSR (Armv7-M ARM, B1.4.2) */

/* Whether the line is in the cache; it is from now on. */
static int is_cached(struct cache *cache, uint64_t line)
{
    uint64_t *const lines = cache->lines + (line % cache->sets) * cache->ways;
    uint32_t way, found = cache->ways - 1u;
    int hit = 0;
    if (cache->ways == 0) {
        return 0;
    }
    for (way = 0; way < cache->ways && !hit; ++way) {
        if (lines[way] == line + 1u) {
            found = way;
            hit = 1;
        }
    }
    for (way = found; way > 0; --way) {
        lines[way] = lines[way - 1];
    }
    lines[0] = line + 1u;
    return hit;
}

static void fetch(struct trace *trace, uint64_t address)
{
    struct cache *const cache = &trace->instructions;
    uint64_t line;
    if (cache->line_bytes == 0 || address < cache->start || address >= cache->end) {
        return;
    }
    line = address / cache->line_bytes;
    if (line == trace->last_line) {
        return;
    }
    if (!is_cached(cache, line)) {
        if (line == trace->last_line + 1u) {
            trace->layers[trace->layer].fetch_misses_ahead++;
        } else {
            trace->layers[trace->layer].fetch_misses_apart++;
        }
    }
    trace->last_line = line;
}

static unsigned int half_word(const struct trace *trace, uint64_t address)
{
    const unsigned char *place;
    if (address < trace->code_start || address + 2 > trace->code_end) {
        return 0;
    }
    place = trace->code + (address - trace->code_start);
    return (unsigned int)place[0] | (unsigned int)place[1] << 8;
}

/* Where the instructions that an IT instruction at this address makes conditional end; 0 where it is another one. */
static uint64_t end_of_block(const struct trace *trace, uint64_t address)
{
    const unsigned int instruction = half_word(trace, address);
    unsigned int mask = instruction & 0xFu;
    uint64_t end = address + 2;
    if ((instruction & 0xFF00u) != 0xBF00u || mask == 0) {
        return 0;
    }
    for (; mask != 0; mask = (mask << 1) & 0xFu) {
        end += half_word(trace, end) >= 0xE800u ? 4 : 2;
    }
    return end;
}

void trace_instruction(void *engine, uint64_t address, uint32_t size, void *context)
{
    struct trace *const trace = (struct trace *)context;
    uint64_t place, row, block_end;
    int is_jump;
    if (trace->is_status_stale) {
        uint32_t status = 0;
        trace->is_status_stale = 0;
        trace->read_register(engine, trace->status_register, &status);
        status &= ~IT_STATE;
        trace->write_register(engine, trace->status_register, &status);
    }
    if (address < trace->code_start || address >= trace->code_end) {
        return;
    }
    place = (address - trace->code_start) / 2;
    is_jump = address != trace->expected
        && !(trace->expected < trace->block_end && address > trace->expected && address <= trace->block_end);
    row = trace->layer * trace->half_words;
    if (is_jump && trace->previous < trace->half_words) {
        trace->left[row + trace->previous]++;
    }
    if (trace->markers[place] >= 0) {
        trace->layer = (uint64_t)trace->markers[place];
        row = trace->layer * trace->half_words;
    }
    trace->executed[row + place]++;
    if (is_jump) {
        trace->entered[row + place]++;
    }
    fetch(trace, address);
    if (size > 2) {
        fetch(trace, address + 2);
    }
    block_end = end_of_block(trace, address);
    if (block_end != 0) {
        trace->block_start = address + 2;
        trace->block_end = block_end;
    }
    trace->previous = place;
    trace->expected = address + size;
}

void trace_memory(void *engine, int kind, uint64_t address, int size, int64_t value, void *context)
{
    struct trace *const trace = (struct trace *)context;
    struct layer *const layer = &trace->layers[trace->layer];
    const uint64_t bytes = (uint64_t)size;
    const uint64_t place = trace->code_start + 2 * trace->previous;
    (void)engine;
    (void)value;
    if (place >= trace->block_start && place < trace->block_end) {
        trace->is_status_stale = 1;
    }
    if ((size == 4 && (address & 3u) != 0) || (size == 2 && (address & 1u) != 0)) {
        /* A word at an odd address is made of three accesses, any other misaligned one of two (DDI 0439, 3.3.3). */
        layer->misaligned += (size == 4 && (address & 1u) != 0) ? 2 : 1;
    }
    if (kind != MEMORY_READ) {
        layer->written_bytes += bytes;
        return;
    }
    layer->read_bytes += bytes;
    if (trace->data.line_bytes != 0 && address >= trace->data.start && address < trace->data.end
        && !is_cached(&trace->data, address / trace->data.line_bytes)) {
        layer->data_misses++;
    }
}
