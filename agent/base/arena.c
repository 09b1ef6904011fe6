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
	if (size < at_least || size > SIZE_MAX - sizeof(*block))
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

	/* Nothing asked for is something too: NULL must mean failure only. */
	size = size > SIZE_MAX - 8 ? SIZE_MAX : ((size ? size : 1) + 7) & ~(size_t)7;
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

struct view arena_join(struct arena *arena, struct view first, struct view second,
		       struct view third)
{
	size_t size = first.size + second.size + third.size;
	char *copy = arena_allocate(arena, size + 1);

	if (!copy)
		return (struct view){0};
	if (first.size)
		memcpy(copy, first.bytes, first.size);
	if (second.size)
		memcpy(copy + first.size, second.bytes, second.size);
	if (third.size)
		memcpy(copy + first.size + second.size, third.bytes, third.size);
	return view_of(copy, size);
}

struct view arena_format(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;
	int size;

	va_start(args, format);
	size = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = size < 0 ? NULL : arena_allocate(arena, (size_t)size + 1);
	if (!text)
		return (struct view){0};
	va_start(args, format);
	(void)vsnprintf(text, (size_t)size + 1, format, args);
	va_end(args);
	return view_of(text, (size_t)size);
}
