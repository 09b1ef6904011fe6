/* Which trace a segment belongs to. A header that names another trace than the caller we saw is
 * believed over our join. */
#include "tracing/trace_resolver.h"

#include "base/random_id.h"

#define MAX_HEADER_LINES_BYTES 8192

void trace_resolver_take_headers(struct open_segment *open, const struct propagation *propagation)
{
	struct segment *segment = open->segment;
	char buffer[MAX_HEADER_LINES_BYTES];

	open->has_header = trace_context_extract(propagation, &open->header);
	if (!open->has_header)
		return;
	if (open->header.source == TRACE_CONTEXT_TRACEPARENT) {
		open->trace_state = arena_copy(
			&segment->arena,
			trace_context_join_lines(propagation->tracestate, buffer, sizeof(buffer)));
		tracestate_read_ot(open->trace_state, &open->ot);
	}
	segment->has_sentry_trace = propagation->sentry_trace.size > 0;
	segment->baggage =
		arena_copy(&segment->arena,
			   trace_context_join_lines(propagation->baggage, buffer, sizeof(buffer)));
}

/* The caller's end, when it was seen and fits: it cannot have called later than this was served. */
static struct join_entry *find_caller(struct join_table *joins, const struct open_segment *open)
{
	struct join_entry *entry =
		open->has_join_key ? join_table_find(joins, &open->join_key) : NULL;

	if (!entry || entry->segment == open || entry->start_ns > open->start_ns)
		return NULL;
	return entry;
}

static void use_caller(struct open_segment *open, const struct join_entry *caller)
{
	struct span *root = segment_root(open->segment);

	memcpy(open->segment->trace_id, caller->trace_id, TRACE_ID_BYTES);
	memcpy(root->parent_span_id, caller->span_id, SPAN_ID_BYTES);
	root->parent_source = PARENT_CONNECTION;
	root->is_parent_remote = true;
	open->segment->sampling = caller->sampling;
}

static void use_header(struct open_segment *open, const struct sampler *sampler)
{
	struct span *root = segment_root(open->segment);

	memcpy(open->segment->trace_id, open->header.trace_id, TRACE_ID_BYTES);
	memcpy(root->parent_span_id, open->header.parent_span_id, SPAN_ID_BYTES);
	root->parent_source = PARENT_HEADER;
	root->is_parent_remote = true;
	sampler_decide(sampler, open->segment->trace_id, &open->header, &open->ot,
		       &open->segment->sampling);
}

static void use_new_trace(struct open_segment *open, const struct sampler *sampler)
{
	random_id_fill(open->segment->trace_id, TRACE_ID_BYTES);
	sampler_decide(sampler, open->segment->trace_id, NULL, NULL, &open->segment->sampling);
	open->segment->sampling.has_random_flag = true;
}

/* Most traces begin here, with the threshold of every other one. */
static void write_trace_state(struct open_segment *open, const struct sampler *sampler)
{
	const struct sampling_decision *decision = &open->segment->sampling;
	char buffer[MAX_TRACESTATE_BYTES];
	struct view text;

	if (view_is_empty(open->trace_state) && decision->has_threshold &&
	    decision->threshold == sampler->threshold)
		text = view_of_text(sampler->trace_state);
	else
		text = tracestate_write(open->trace_state, decision, buffer);
	open->segment->trace_state = arena_copy(&open->segment->arena, text);
}

/* The pod of the process may ask for a share of its own. */
static const struct sampler *sampler_of(const struct open_segment *open,
					const struct sampler *general, struct sampler *own)
{
	const struct resource *resource = open->segment->resource;

	if (!resource->has_sample_ratio)
		return general;
	sampler_init(own, resource->sample_ratio, general->is_parent_based);
	return own;
}

static void decide(struct join_table *joins, const struct sampler *general,
		   struct open_segment *open)
{
	struct join_entry *caller = find_caller(joins, open);
	struct sampler own;
	const struct sampler *sampler = sampler_of(open, general, &own);

	if (caller && caller->segment) {
		memcpy(caller->trace_id, caller->segment->segment->trace_id, TRACE_ID_BYTES);
		caller->sampling = caller->segment->segment->sampling;
		/* A circle of callers has no beginning to take a trace from. */
		if (!caller->segment->is_resolved)
			caller = NULL;
	}
	if (caller && (!open->has_header ||
		       memcmp(caller->trace_id, open->header.trace_id, TRACE_ID_BYTES) == 0))
		use_caller(open, caller);
	else if (open->has_header)
		use_header(open, sampler);
	else
		use_new_trace(open, sampler);
	write_trace_state(open, sampler);
	open->is_resolving = false;
	open->is_resolved = true;
}

/* A program that calls itself makes chains of any length: walked up, then decided from the top
 * down. */
void trace_resolver_resolve(struct join_table *joins, const struct sampler *sampler,
			    struct open_segment *open)
{
	struct open_segment *callee = NULL;

	while (open && !open->is_resolved && !open->is_resolving) {
		struct join_entry *caller = find_caller(joins, open);

		open->is_resolving = true;
		open->resolve_next = callee;
		callee = open;
		open = caller ? caller->segment : NULL;
	}
	while (callee) {
		decide(joins, sampler, callee);
		callee = callee->resolve_next;
	}
}

void trace_resolver_publish(struct join_table *joins, const struct open_segment *open)
{
	for (const struct join_reference *reference = open->joins; reference;
	     reference = reference->next) {
		struct join_entry *entry = join_table_find(joins, &reference->key);

		if (!entry || entry->segment != open)
			continue;
		entry->segment = NULL;
		entry->sampling = open->segment->sampling;
		memcpy(entry->trace_id, open->segment->trace_id, TRACE_ID_BYTES);
	}
}

void trace_resolver_offer(struct join_table *joins, const struct exchange *exchange,
			  struct open_segment *open, const struct span *span)
{
	struct join_reference *reference =
		arena_allocate(&open->segment->arena, sizeof(*reference));
	struct join_entry *entry;

	if (!reference || !join_table_key(exchange, &reference->key))
		return;
	entry = join_table_add(joins, &reference->key);
	if (!entry)
		return;
	entry->segment = open;
	entry->start_ns = exchange->start_ns;
	memcpy(entry->span_id, span->span_id, SPAN_ID_BYTES);
	reference->span = span;
	reference->next = open->joins;
	open->joins = reference;
}

void trace_resolver_move(struct join_table *joins, struct open_segment *from,
			 const struct span *span, struct open_segment *to, const struct span *copy)
{
	for (const struct join_reference *reference = from->joins; reference;
	     reference = reference->next) {
		struct join_entry *entry = join_table_find(joins, &reference->key);
		struct join_reference *moved = NULL;

		if (reference->span != span || !entry || entry->segment != from)
			continue;
		if (to)
			moved = arena_allocate(&to->segment->arena, sizeof(*moved));
		if (!moved) {
			join_table_remove(joins, &reference->key);
			continue;
		}
		*moved = (struct join_reference){
			.key = reference->key, .span = copy, .next = to->joins};
		to->joins = moved;
		entry->segment = to;
	}
}
