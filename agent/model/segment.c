/* Segments: an arena with spans in it and a reference to the process they are about. */
#include "model/segment.h"

#include <errno.h>
#include <stdlib.h>
#include "base/random_id.h"

#define FIRST_SPANS 4
#define FIRST_BYTES 1792

int segment_new(struct segment **ret, struct resource *resource)
{
	/* One allocation for the segment and what most of them need. */
	struct segment *segment = malloc(sizeof(*segment) + FIRST_BYTES);

	if (!segment)
		return -ENOMEM;
	*segment = (struct segment){.resource = resource_reference(resource)};
	arena_init_with(&segment->arena, MAX_SEGMENT_BYTES, segment + 1, FIRST_BYTES);
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

struct span *segment_copy_span(struct segment *segment, const struct span *span)
{
	struct span *copy = segment_add_span(segment);
	struct arena *arena = &segment->arena;
	struct attribute_list *list;

	if (!copy)
		return NULL;
	list = &copy->attributes;
	*copy = *span;
	copy->name = arena_copy(arena, span->name);
	copy->status_message = arena_copy(arena, span->status_message);
	*list = (struct attribute_list){.dropped_count = span->attributes.dropped_count};
	for (uint32_t i = 0; i < span->attributes.count; i++)
		attribute_set_copy(list, arena, span->attributes.items[i].key,
				   &span->attributes.items[i]);
	return copy;
}

void segment_remove_span(struct segment *segment, const struct span *span)
{
	for (uint32_t i = 0; i < segment->spans_count; i++) {
		if (segment->spans[i] != span)
			continue;
		memmove(&segment->spans[i], &segment->spans[i + 1],
			(segment->spans_count - i - 1) * sizeof(*segment->spans));
		segment->spans_count--;
		return;
	}
}
