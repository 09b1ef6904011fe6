/* Segments: an arena with spans in it and a reference to the process they are about. */
#include "model/segment.h"

#include <errno.h>
#include <stdlib.h>
#include "base/random_id.h"

#define FIRST_SPANS 4

int segment_new(struct segment **ret, struct resource *resource)
{
	struct segment *segment = calloc(1, sizeof(*segment));

	if (!segment)
		return -ENOMEM;
	arena_init(&segment->arena, MAX_SEGMENT_BYTES);
	segment->resource = resource_reference(resource);
	*ret = segment;
	return 0;
}

void segment_free(struct segment **segment)
{
	if (!*segment)
		return;
	resource_release(&(*segment)->resource);
	arena_done(&(*segment)->arena);
	free(*segment);
	*segment = NULL;
}

static bool grow_spans(struct segment *segment)
{
	uint32_t capacity = segment->spans_capacity ? segment->spans_capacity * 2 : FIRST_SPANS;
	struct span **spans;

	if (capacity > MAX_SEGMENT_SPANS)
		capacity = MAX_SEGMENT_SPANS;
	if (capacity <= segment->spans_count)
		return false;
	spans = arena_allocate(&segment->arena, capacity * sizeof(*spans));
	if (!spans)
		return false;
	if (segment->spans_count)
		memcpy(spans, segment->spans, segment->spans_count * sizeof(*spans));
	segment->spans = spans;
	segment->spans_capacity = capacity;
	return true;
}

struct span *segment_add_span(struct segment *segment)
{
	struct span *span = NULL;

	if (segment->spans_count < segment->spans_capacity || grow_spans(segment))
		span = arena_allocate(&segment->arena, sizeof(*span));
	if (!span) {
		segment->dropped_spans_count++;
		return NULL;
	}
	random_id_fill(span->span_id, sizeof(span->span_id));
	segment->spans[segment->spans_count++] = span;
	return span;
}
