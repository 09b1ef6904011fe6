/* Twelve bytes per root, and its place in an index. */
#include "overview/span_operations.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"

#define FIRST_CAPACITY 1024

struct known_root {
	uint32_t span_id[SPAN_ID_BYTES / sizeof(uint32_t)];
	uint32_t operation;
};

int span_operations_new(struct span_operations **ret)
{
	struct span_operations *operations = calloc(1, sizeof(*operations));

	if (!operations)
		return -ENOMEM;
	content_index_init(&operations->roots_index);
	content_index_init(&operations->operations_index);
	*ret = operations;
	return 0;
}

void span_operations_free(struct span_operations **operations)
{
	if (!*operations)
		return;
	content_index_done(&(*operations)->roots_index);
	content_index_done(&(*operations)->operations_index);
	free((*operations)->roots);
	free(*operations);
	*operations = NULL;
}

static bool is_same_operation(const void *owner, const void *wanted, uint32_t id)
{
	return memcmp(&((const struct span_operations *)owner)->operations[id], wanted,
		      sizeof(struct operation_key)) == 0;
}

static uint32_t number_of(struct span_operations *operations, const struct operation_key *key)
{
	struct content_question question = {is_same_operation, operations, key};
	uint64_t hash = content_index_hash(&operations->operations_index, 0, key, sizeof(*key));
	uint32_t id = content_index_find(&operations->operations_index, hash, &question);

	if (id != NO_CONTENT)
		return id;
	id = operations->operations_count;
	if (id == MAX_KNOWN_OPERATIONS ||
	    content_index_add(&operations->operations_index, hash, id) < 0)
		return MAX_KNOWN_OPERATIONS;
	operations->operations[operations->operations_count++] = *key;
	return id;
}

static bool has_room(struct span_operations *operations)
{
	uint32_t wanted =
		operations->roots_capacity ? operations->roots_capacity * 2 : FIRST_CAPACITY;
	struct known_root *bigger;

	if (operations->roots_count < operations->roots_capacity)
		return true;
	if (operations->roots_count >= MAX_KNOWN_ROOTS)
		return false;
	if (wanted > MAX_KNOWN_ROOTS)
		wanted = MAX_KNOWN_ROOTS;
	bigger = realloc(operations->roots, wanted * sizeof(*bigger));
	if (!bigger)
		return false;
	operations->roots = bigger;
	operations->roots_capacity = wanted;
	return true;
}

void span_operations_add(struct span_operations *operations, const struct segment *segment)
{
	const struct span *root = segment->spans_count ? segment_root(segment) : NULL;
	struct operation_key key;
	struct known_root *known;
	uint64_t hash;

	if (!root || !has_room(operations))
		return;
	key = operation_table_key(segment->resource, root);
	hash = content_index_hash(&operations->roots_index, 0, root->span_id, SPAN_ID_BYTES);
	if (content_index_add(&operations->roots_index, hash, operations->roots_count) < 0)
		return;
	known = &operations->roots[operations->roots_count++];
	memcpy(known->span_id, root->span_id, SPAN_ID_BYTES);
	known->operation = number_of(operations, &key);
}

static bool is_same_root(const void *owner, const void *wanted, uint32_t id)
{
	return memcmp(((const struct span_operations *)owner)->roots[id].span_id, wanted,
		      SPAN_ID_BYTES) == 0;
}

uint32_t span_operations_find(const struct span_operations *operations,
			      const uint8_t span_id[SPAN_ID_BYTES])
{
	struct content_question question = {is_same_root, operations, span_id};
	uint64_t hash = content_index_hash(&operations->roots_index, 0, span_id, SPAN_ID_BYTES);
	uint32_t id = content_index_find(&operations->roots_index, hash, &question);

	return id == NO_CONTENT ? NO_OPERATION : operations->roots[id].operation;
}
