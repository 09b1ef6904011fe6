/*
 * Which operation the root span of a segment was of, by its id: samples carry ids and come after
 * the segments they belong to. Bounded: roots beyond the cap are not known.
 */
#ifndef OVERVIEW_SPAN_OPERATIONS_H
#define OVERVIEW_SPAN_OPERATIONS_H

#include "base/content_index.h"
#include "overview/operation_table.h"

#define MAX_KNOWN_ROOTS      2000000 /* some 25 bytes each */
#define MAX_KNOWN_OPERATIONS MAX_OPERATIONS
#define NO_OPERATION         UINT32_MAX

struct known_root;

struct span_operations {
	struct known_root *roots;
	uint32_t roots_count, roots_capacity;
	struct content_index roots_index;
	struct operation_key operations[MAX_KNOWN_OPERATIONS];
	uint32_t operations_count;
	struct content_index operations_index;
};

int span_operations_new(struct span_operations **ret);
void span_operations_free(struct span_operations **operations);

void span_operations_add(struct span_operations *operations, const struct segment *segment);

/* Index into operations; MAX_KNOWN_OPERATIONS: another one; NO_OPERATION: a span never heard of. */
uint32_t span_operations_find(const struct span_operations *operations,
			      const uint8_t span_id[SPAN_ID_BYTES]);

#endif
