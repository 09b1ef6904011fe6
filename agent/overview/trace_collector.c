/* A bounded map from trace id to the items that came, its age list kept in order of the last one.
 */
#include "overview/trace_collector.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

#define FIRST_ITEMS 4

struct pending {
	struct collected_trace trace;
	uint32_t capacity;
	uint64_t last_ns;
};

struct trace_collector {
	struct hash_map *pending;
	uint32_t segments;
};

int trace_collector_new(struct trace_collector **ret)
{
	struct trace_collector *collector = calloc(1, sizeof(*collector));
	int err;

	if (!collector)
		return -ENOMEM;
	/* One more than the cap: the full state is seen after the trace that made it full is in. */
	err = hash_map_new(&collector->pending, TRACE_ID_BYTES, sizeof(struct pending),
			   MAX_PENDING_TRACES + 1);
	if (err < 0) {
		free(collector);
		return err;
	}
	*ret = collector;
	return 0;
}

void trace_collector_release(struct collected_trace *trace)
{
	for (uint32_t i = 0; i < trace->count; i++)
		item_release(&trace->items[i]);
	free(trace->items);
	*trace = (struct collected_trace){0};
}

void trace_collector_free(struct trace_collector **collector)
{
	struct collected_trace trace;

	if (!*collector)
		return;
	while (trace_collector_take(*collector, UINT64_MAX, UINT64_MAX, &trace))
		trace_collector_release(&trace);
	hash_map_free(&(*collector)->pending);
	free(*collector);
	*collector = NULL;
}

static int grow(struct pending *pending)
{
	uint32_t capacity = pending->capacity ? pending->capacity * 2 : FIRST_ITEMS;
	struct item **items = realloc(pending->trace.items, capacity * sizeof(struct item *));

	if (!items)
		return -ENOMEM;
	pending->trace.items = items;
	pending->capacity = capacity;
	return 0;
}

int trace_collector_add(struct trace_collector *collector, struct item *item, uint64_t now_ns)
{
	const uint8_t *trace_id = item->segment->trace_id;
	struct pending *pending = hash_map_add(collector->pending, trace_id, NULL);

	if (!pending)
		return -ENOMEM;
	if (pending->trace.count == pending->capacity && grow(pending) < 0) {
		if (!pending->trace.count)
			(void)hash_map_remove(collector->pending, trace_id);
		return -ENOMEM;
	}
	pending->trace.items[pending->trace.count++] = item_reference(item);
	collector->segments++;
	/* A trace with too many segments stops moving back and so settles soon. */
	if (pending->trace.count <= MAX_TRACE_SEGMENTS) {
		pending->last_ns = now_ns;
		hash_map_touch(collector->pending, pending);
	}
	return 0;
}

bool trace_collector_is_full(const struct trace_collector *collector)
{
	return hash_map_count(collector->pending) > MAX_PENDING_TRACES ||
	       collector->segments > MAX_PENDING_SEGMENTS;
}

static bool contains_span(const struct collected_trace *trace, const uint8_t *span_id)
{
	for (uint32_t i = 0; i < trace->count; i++) {
		const struct segment *segment = trace->items[i]->segment;

		for (uint32_t j = 0; j < segment->spans_count; j++)
			if (memcmp(segment->spans[j]->span_id, span_id, SPAN_ID_BYTES) == 0)
				return true;
	}
	return false;
}

/* The other end of its connection was seen on this host, so its segment will come. */
static bool is_complete(const struct collected_trace *trace)
{
	for (uint32_t i = 0; i < trace->count; i++) {
		const struct span *root = segment_root(trace->items[i]->segment);

		if (root->parent_source == PARENT_CONNECTION &&
		    !contains_span(trace, root->parent_span_id))
			return false;
	}
	return true;
}

bool trace_collector_take(struct trace_collector *collector, uint64_t until_ns, uint64_t overdue_ns,
			  struct collected_trace *ret)
{
	struct pending *pending;
	void *cursor = NULL;

	while ((pending = hash_map_next(collector->pending, &cursor))) {
		if (pending->last_ns > until_ns)
			return false;
		if (pending->last_ns > overdue_ns && !is_complete(&pending->trace))
			continue;
		*ret = pending->trace;
		collector->segments -= ret->count;
		(void)hash_map_remove(collector->pending,
				      hash_map_key(collector->pending, pending));
		return true;
	}
	return false;
}
