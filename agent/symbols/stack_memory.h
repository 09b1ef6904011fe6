/*
 * The memory of a thread that was copied when it crashed: pages in any order, possibly with gaps.
 * Reads never go beyond it. Borrowed bytes.
 */
#ifndef SYMBOLS_STACK_MEMORY_H
#define SYMBOLS_STACK_MEMORY_H

#include <stdbool.h>
#include <stdint.h>
#include "shared/limits.h"

struct stack_page {
	uint64_t address;     /* page-aligned */
	const uint8_t *bytes; /* STACK_PAGE_BYTES */
};

struct stack_memory {
	const struct stack_page *pages; /* by address */
	uint32_t count;
};

/* Little-endian, size 1, 2, 4 or 8; may cross into the next page. False: not copied. */
bool stack_memory_read(const struct stack_memory *memory, uint64_t address, uint32_t size,
		       uint64_t *ret);

#endif
