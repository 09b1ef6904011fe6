/* The spans of one trace, of any number of segments, in the order a tree of them is printed. */
#ifndef OVERVIEW_TRACE_LAYOUT_H
#define OVERVIEW_TRACE_LAYOUT_H

#include "model/item.h"

#define MAX_LAYOUT_SPANS 2000
#define MAX_LAYOUT_DEPTH 24 /* deeper ones are shown at this depth */

struct trace_row {
	const struct span *span;
	const struct resource *resource;
	const struct trace_row *parent; /* NULL: a root */
	unsigned int depth;
	uint64_t open_levels; /* bit n: the ancestor at depth n has siblings below it */
	bool has_sibling_below;
};

struct trace_layout {
	uint8_t trace_id[TRACE_ID_BYTES];
	struct trace_row *rows;
	uint32_t count;
	uint32_t hidden_count; /* spans beyond the cap */
	uint32_t errors_count;
	uint32_t services_count;
	uint64_t start_unix_ns, end_unix_ns;
	bool is_continued; /* a root's parent is somewhere we do not see */
};

/* The items' spans are borrowed. Parent links may be hostile: cycles are cut. -ENOMEM. */
int trace_layout_new(struct trace_layout **ret, struct item *const *items, uint32_t items_count);
void trace_layout_free(struct trace_layout **layout);

#endif
