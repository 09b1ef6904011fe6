/* Segments and spans under construction come and go with every request: their memory stays. */
#include "tracing/open_segment.h"

#include <stdlib.h>

struct open_segment *open_segment_take(struct open_segment_pool *pool)
{
	struct open_segment *open = pool->segments;

	if (!open)
		return calloc(1, sizeof(*open));
	pool->segments = open->next;
	memset(open, 0, sizeof(*open));
	return open;
}

struct open_span *open_segment_take_span(struct open_segment_pool *pool)
{
	struct open_span *open_span = pool->spans;

	if (!open_span)
		return calloc(1, sizeof(*open_span));
	pool->spans = open_span->next;
	memset(open_span, 0, sizeof(*open_span));
	return open_span;
}

void open_segment_keep(struct open_segment_pool *pool, struct open_segment *open)
{
	open->next = pool->segments;
	pool->segments = open;
}

void open_segment_keep_span(struct open_segment_pool *pool, struct open_span *open_span)
{
	open_span->next = pool->spans;
	pool->spans = open_span;
}

void open_segment_pool_done(struct open_segment_pool *pool)
{
	while (pool->segments) {
		struct open_segment *open = pool->segments;

		pool->segments = open->next;
		free(open);
	}
	while (pool->spans) {
		struct open_span *open_span = pool->spans;

		pool->spans = open_span->next;
		free(open_span);
	}
}
