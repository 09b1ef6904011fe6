/* An arena of malloc'ed blocks that double up to a bound: a small segment costs one malloc, a large
 * one few. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_BLOCK_BYTES 2048
#define MAX_BLOCK_BYTES   65536

struct arena_block {
	struct arena_block *older;
	size_t size;
	char bytes[];
};

void arena_init(struct arena *arena, size_t max_bytes)
{
	*arena = (struct arena){.max_bytes = max_bytes};
}

void arena_init_with(struct arena *arena, size_t max_bytes, void *memory, size_t size)
{
	*arena = (struct arena){
		.max_bytes = max_bytes,
		.next = memory,
		.left_bytes = size,
		.used_bytes = size,
	};
}

void arena_done(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->older;
		free(block);
	}
	*arena = (struct arena){.max_bytes = arena->max_bytes};
}

static bool add_block(struct arena *arena, size_t at_least)
{
	size_t size = arena->blocks ? arena->blocks->size * 2 : FIRST_BLOCK_BYTES;
	struct arena_block *block;

	if (size > MAX_BLOCK_BYTES)
		size = MAX_BLOCK_BYTES;
	if (size < at_least)
		size = at_least;
	if (size > arena->max_bytes - arena->used_bytes)
		size = arena->max_bytes - arena->used_bytes;
	if (size < at_least)
		return false;
	block = malloc(sizeof(*block) + size);
	if (!block)
		return false;
	block->older = arena->blocks;
	block->size = size;
	arena->blocks = block;
	arena->next = block->bytes;
	arena->left_bytes = size;
	arena->used_bytes += size;
	return true;
}

void *arena_allocate(struct arena *arena, size_t size)
{
	void *result;

	if (size > SIZE_MAX - 8)
		return NULL;
	size = (size + 7) & ~(size_t)7;
	if (size > arena->left_bytes && !add_block(arena, size)) {
		arena->is_full = true;
		return NULL;
	}
	result = arena->next;
	arena->next += size;
	arena->left_bytes -= size;
	memset(result, 0, size);
	return result;
}

struct view arena_copy(struct arena *arena, struct view v)
{
	char *copy = v.size < SIZE_MAX ? arena_allocate(arena, v.size + 1) : NULL;

	if (!copy)
		return (struct view){0};
	if (v.size)
		memcpy(copy, v.bytes, v.size);
	return view_of(copy, v.size);
}

struct view arena_format(struct arena *arena, const char *format, ...)
{
	char text[512];
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (size < 0)
		return (struct view){0};
	return arena_copy(arena, view_of(text, (size_t)size < sizeof(text) ? (size_t)size
									   : sizeof(text) - 1));
}
