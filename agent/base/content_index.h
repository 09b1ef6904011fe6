/*
 * Tells what an array already holds: a hash index over things that their owner numbers from 0 and
 * keeps itself, such as strings or lists of any length. Ids are never taken back. One thread. The
 * owner caps its array, and with it the index; hashes come from content_index_hash, which is
 * seeded.
 */
#ifndef BASE_CONTENT_INDEX_H
#define BASE_CONTENT_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NO_CONTENT UINT32_MAX

struct content_index {
	struct content_slot *slots;
	uint32_t slots_count; /* a power of two, or 0 */
	uint32_t count;
	uint64_t seed;
};

/* Whether the thing numbered id is the one looked for. */
struct content_question {
	bool (*is_same)(const void *owner, const void *wanted, uint32_t id);
	const void *owner;
	const void *wanted;
};

void content_index_init(struct content_index *index);
void content_index_done(struct content_index *index);

/* Of bytes; `before` chains the hashes of several parts, 0 for the first. */
uint64_t content_index_hash(const struct content_index *index, uint64_t before, const void *bytes,
			    size_t size);

/* The id, or NO_CONTENT. */
uint32_t content_index_find(const struct content_index *index, uint64_t hash,
			    const struct content_question *question);

/* Remembers an id that is not in it yet. -ENOMEM: it will not be found. */
int content_index_add(struct content_index *index, uint64_t hash, uint32_t id);

/* The memory it has. */
size_t content_index_bytes(const struct content_index *index);

#endif
