/*
 * An arena: many small allocations of one owner, freed at once. A segment keeps its spans and all
 * their strings in one. Capped at creation; when full, allocations return NULL and arena->is_full
 * says so.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include "base/view.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;
	char *next;
	size_t left_bytes;
	size_t used_bytes;
	size_t max_bytes;
	bool is_full;
};

/* No allocation happens until the first one is asked for. */
void arena_init(struct arena *arena, size_t max_bytes);
/* The same, with memory of the owner's to begin with: aligned to 8, outlives the arena. */
void arena_init_with(struct arena *arena, size_t max_bytes, void *memory, size_t size);
void arena_done(struct arena *arena);

/* Zeroed, aligned to 8. NULL when the cap is reached or memory is out. */
void *arena_allocate(struct arena *arena, size_t size);

/* The copy carries a NUL behind it for convenience. An empty view with bytes == NULL on failure. */
struct view arena_copy(struct arena *arena, struct view v);
/* The three one after the other, without the price of a format. */
struct view arena_join(struct arena *arena, struct view first, struct view second,
		       struct view third);
struct view arena_format(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
