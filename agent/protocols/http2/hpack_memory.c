/*
 * malloc with the size in front of the block, so that what is given back can be taken off the
 * budget. libnghttp2 allocates through it (hpack_decoder.c), and the tolerant reader's table does.
 */
#include "protocols/http2/hpack_memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "protocols/conversation.h"

#define SIZE_BYTES 16 /* keeps malloc's alignment */

static bool has_room(const struct session_budget *budget, size_t size)
{
	return size <= SIZE_MAX - SIZE_BYTES && budget->used_bytes <= budget->max_bytes &&
	       size + SIZE_BYTES <= budget->max_bytes - budget->used_bytes;
}

static size_t size_of(const char *block)
{
	size_t size;

	memcpy(&size, block, sizeof(size));
	return size;
}

void *hpack_memory_new(struct session_budget *budget, size_t size)
{
	char *block;

	if (!has_room(budget, size))
		return NULL;
	block = calloc(1, size + SIZE_BYTES);
	if (!block)
		return NULL;
	size += SIZE_BYTES;
	memcpy(block, &size, sizeof(size));
	budget->used_bytes += size;
	return block + SIZE_BYTES;
}

void hpack_memory_free(struct session_budget *budget, void *memory)
{
	char *block;

	if (!memory)
		return;
	block = (char *)memory - SIZE_BYTES;
	budget->used_bytes -= size_of(block);
	free(block);
}

void *hpack_memory_resize(struct session_budget *budget, void *memory, size_t size)
{
	size_t old_size;
	void *fresh;

	if (!memory)
		return hpack_memory_new(budget, size);
	old_size = size_of((char *)memory - SIZE_BYTES) - SIZE_BYTES;
	if (size <= old_size)
		return memory;
	fresh = hpack_memory_new(budget, size);
	if (!fresh)
		return NULL;
	memcpy(fresh, memory, old_size);
	hpack_memory_free(budget, memory);
	return fresh;
}
