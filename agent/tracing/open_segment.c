/* Segments under construction: their list of open spans, and the pool both come from. */
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

void open_segment_keep(struct open_segment_pool *pool, struct open_segment *open)
{
	segment_free(&open->segment);
	open->next = pool->segments;
	pool->segments = open;
}

static struct open_span *take_span(struct open_segment_pool *pool)
{
	struct open_span *open_span = pool->spans;

	if (!open_span)
		return calloc(1, sizeof(*open_span));
	pool->spans = open_span->next;
	memset(open_span, 0, sizeof(*open_span));
	return open_span;
}

struct open_span *open_segment_add_span(struct open_segment_pool *pool, struct open_segment *open)
{
	struct span *span = segment_add_span(open->segment);
	struct open_span *open_span = span ? take_span(pool) : NULL;

	if (!open_span)
		return NULL;
	open_span->segment = open;
	open_span->span = span;
	open_span->next = open->open_spans;
	if (open->open_spans)
		open->open_spans->previous = open_span;
	open->open_spans = open_span;
	return open_span;
}

void open_segment_unlink_span(struct open_span *open_span)
{
	struct open_segment *open = open_span->segment;

	if (!open)
		return;
	if (open_span->next)
		open_span->next->previous = open_span->previous;
	if (open_span->previous)
		open_span->previous->next = open_span->next;
	else
		open->open_spans = open_span->next;
	open_span->segment = NULL;
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

void open_segment_close_spans(struct open_segment *open, uint64_t now_ns)
{
	while (open->open_spans) {
		struct open_span *open_span = open->open_spans;

		/* What is known of its end is that it was not before now. */
		open_span->span->is_incomplete = true;
		if (now_ns + open->unix_offset_ns > open_span->span->end_unix_ns)
			open_span->span->end_unix_ns = now_ns + open->unix_offset_ns;
		open_span->segment = NULL;
		open->open_spans = open_span->next;
	}
}

void open_segment_tell_served(const struct open_segment *open, const struct served_watch *watch,
			      uint64_t now_ns)
{
	struct served_request request = {
		.context = open->context,
		.tgid = open->tgid,
		.start_ns = open->start_ns,
		.end_ns = open->finished_ns ? open->finished_ns : now_ns,
	};

	if (!open->is_server || !watch->on_served)
		return;
	memcpy(request.trace_id, open->segment->trace_id, sizeof(request.trace_id));
	memcpy(request.span_id, segment_root(open->segment)->span_id, sizeof(request.span_id));
	watch->on_served(watch->self, &request);
}
