/*
 * Finds parents by span id, cuts cycles (a traceparent header may name any id), orders children by
 * start time and walks the forest in preorder.
 */
#include "overview/trace_layout.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"

struct node {
	const struct span *span;
	const struct resource *resource;
	struct node *parent, *first_child, *next_sibling;
	struct trace_row *row;
	int visit; /* number of the walk that came by; 0: none */
};

static int compare_ids(const void *a, const void *b)
{
	return memcmp((*(struct node *const *)a)->span->span_id,
		      (*(struct node *const *)b)->span->span_id, SPAN_ID_BYTES);
}

static int compare_starts(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	if (x->span->start_unix_ns != y->span->start_unix_ns)
		return x->span->start_unix_ns < y->span->start_unix_ns ? -1 : 1;
	/* At the same instant the longer one holds the other. */
	return x->span->end_unix_ns > y->span->end_unix_ns ? -1 : 1;
}

static struct node *find_id(struct node **by_id, uint32_t count, const uint8_t *span_id)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (memcmp(by_id[middle]->span->span_id, span_id, SPAN_ID_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < count && memcmp(by_id[low]->span->span_id, span_id, SPAN_ID_BYTES) == 0)
		return by_id[low];
	return NULL;
}

static void cut_cycles(struct node *nodes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct node *at = &nodes[i];

		while (at && !at->visit) {
			at->visit = (int)i + 1;
			if (at->parent && at->parent->visit == (int)i + 1)
				at->parent = NULL;
			at = at->parent;
		}
	}
}

static int link_parents(struct node *nodes, uint32_t count, bool *ret_is_continued)
{
	_cleanup_(cleanup_free) struct node **by_id = calloc(count, sizeof(struct node *));

	if (!by_id)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++)
		by_id[i] = &nodes[i];
	qsort(by_id, count, sizeof(struct node *), compare_ids);
	for (uint32_t i = 0; i < count; i++) {
		if (nodes[i].span->parent_source == PARENT_NONE)
			continue;
		nodes[i].parent = find_id(by_id, count, nodes[i].span->parent_span_id);
		if (!nodes[i].parent)
			*ret_is_continued = true;
	}
	cut_cycles(nodes, count);
	return 0;
}

static void write_row(struct trace_layout *layout, struct node *node)
{
	struct trace_row *row = &layout->rows[layout->count++];
	const struct trace_row *parent = node->parent ? node->parent->row : NULL;

	*row = (struct trace_row){.span = node->span, .resource = node->resource, .parent = parent};
	row->has_sibling_below = parent && node->next_sibling;
	if (parent) {
		row->depth = parent->depth < MAX_LAYOUT_DEPTH ? parent->depth + 1 : parent->depth;
		row->open_levels = parent->open_levels;
		if (parent->has_sibling_below)
			row->open_levels |= 1ull << parent->depth;
	}
	node->row = row;
}

/* nodes are ordered by start: pushing them in reverse leaves every list in order. */
static void walk(struct trace_layout *layout, struct node *nodes, uint32_t count)
{
	struct node *roots = NULL, *at;

	for (uint32_t i = count; i-- > 0;) {
		struct node **list = nodes[i].parent ? &nodes[i].parent->first_child : &roots;

		nodes[i].next_sibling = *list;
		*list = &nodes[i];
	}
	for (at = roots; at;) {
		write_row(layout, at);
		if (at->first_child) {
			at = at->first_child;
			continue;
		}
		while (at && !at->next_sibling)
			at = at->parent;
		at = at ? at->next_sibling : NULL;
	}
}

static void measure(struct trace_layout *layout)
{
	layout->start_unix_ns = UINT64_MAX;
	for (uint32_t i = 0; i < layout->count; i++) {
		const struct trace_row *row = &layout->rows[i];
		bool is_seen = false;

		if (row->span->start_unix_ns < layout->start_unix_ns)
			layout->start_unix_ns = row->span->start_unix_ns;
		if (row->span->end_unix_ns > layout->end_unix_ns)
			layout->end_unix_ns = row->span->end_unix_ns;
		layout->errors_count += row->span->status == STATUS_ERROR;
		for (uint32_t j = 0; j < i && !is_seen; j++)
			is_seen = view_equals(layout->rows[j].resource->service_name,
					      row->resource->service_name);
		layout->services_count += !is_seen;
	}
	if (layout->end_unix_ns < layout->start_unix_ns)
		layout->end_unix_ns = layout->start_unix_ns;
}

static uint32_t collect(struct node *nodes, uint32_t room, struct item *const *items,
			uint32_t items_count)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < items_count; i++) {
		const struct segment *segment = items[i]->segment;

		for (uint32_t s = 0; s < segment->spans_count && count < room; s++) {
			nodes[count].span = segment->spans[s];
			nodes[count++].resource = segment->resource;
		}
	}
	return count;
}

int trace_layout_new(struct trace_layout **ret, struct item *const *items, uint32_t items_count)
{
	_cleanup_(trace_layout_free) struct trace_layout *layout = calloc(1, sizeof(*layout));
	_cleanup_(cleanup_free) struct node *nodes = NULL;
	uint32_t total = 0, count;

	for (uint32_t i = 0; i < items_count; i++)
		total += items[i]->segment->spans_count;
	count = total < MAX_LAYOUT_SPANS ? total : MAX_LAYOUT_SPANS;
	nodes = calloc(count ? count : 1, sizeof(*nodes));
	if (!layout || !nodes)
		return -ENOMEM;
	layout->rows = calloc(count ? count : 1, sizeof(*layout->rows));
	if (!layout->rows)
		return -ENOMEM;
	layout->hidden_count = total - count;
	if (items_count)
		memcpy(layout->trace_id, items[0]->segment->trace_id, TRACE_ID_BYTES);
	count = collect(nodes, count, items, items_count);
	qsort(nodes, count, sizeof(*nodes), compare_starts);
	if (count && link_parents(nodes, count, &layout->is_continued) < 0)
		return -ENOMEM;
	walk(layout, nodes, count);
	measure(layout);
	*ret = TAKE_PTR(layout);
	return 0;
}

void trace_layout_free(struct trace_layout **layout)
{
	if (!*layout)
		return;
	free((*layout)->rows);
	free(*layout);
	*layout = NULL;
}
