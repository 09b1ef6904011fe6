/* Reads the copied stack: pages by binary search, nothing else. */
#include "symbols/stack_memory.h"

#include <stddef.h>

static const struct stack_page *find_page(const struct stack_memory *memory, uint64_t address)
{
	uint64_t wanted = address & ~(uint64_t)(STACK_PAGE_BYTES - 1);
	uint32_t low = 0, high = memory->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (memory->pages[middle].address == wanted)
			return &memory->pages[middle];
		if (memory->pages[middle].address < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool stack_memory_read(const struct stack_memory *memory, uint64_t address, uint32_t size,
		       uint64_t *ret)
{
	const struct stack_page *page = NULL;
	uint64_t value = 0;

	for (uint32_t i = 0; i < size; i++) {
		uint64_t inside = (address + i) % STACK_PAGE_BYTES;

		if (address + i < address)
			return false;
		if (!page || inside == 0)
			page = find_page(memory, address + i);
		if (!page)
			return false;
		value |= (uint64_t)page->bytes[inside] << (8 * i);
	}
	*ret = value;
	return true;
}
