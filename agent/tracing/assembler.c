/*
 * Segments under construction. A segment is in one of four lists: open; in grace, when its root is
 * done but calls made for it are not; settling, when all is done and only late records of its
 * caller may still come; failed, when somebody may still say why.
 */
#include "tracing/assembler.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "tracing/context_table.h"
#include "tracing/crash_link.h"
#include "tracing/error_watch.h"
#include "tracing/sampler.h"
#include "tracing/segment_lists.h"
#include "tracing/span_builder.h"
#include "tracing/trace_resolver.h"

#define SETTLE_NS (30 * NS_PER_MS) /* three times the longest a record waits in the ring */
#define FAILED_NS ERROR_WINDOW_NS  /* for the report of why a request failed to begin */
#define GRACE_NS  (5 * NS_PER_S)   /* for calls that outlive the request that made them */

struct assembler {
	struct span_builder builder;
	struct sampler sampler;
	struct join_table *joins;
	struct context_table *contexts;
	struct error_watch *errors;
	struct process_table *processes;
	struct assembler_sink sink;
	struct served_watch served;
	struct drops *drops;
	struct segment_lists lists;
	struct assembler_statistics statistics;
	struct open_segment_pool pool;
	uint64_t unix_offset_ns;
	uint64_t now_ns; /* the latest record time seen */
	uint64_t timeout_ns;
	size_t max_open;
};

int assembler_new(struct assembler **ret, const struct tracing_settings *tracing,
		  const struct sampling_settings *sampling, struct process_table *processes,
		  const struct assembler_sink *sink, struct drops *drops)
{
	_cleanup_(assembler_free) struct assembler *assembler = calloc(1, sizeof(*assembler));
	int err;

	if (!assembler)
		return -ENOMEM;
	assembler->processes = processes;
	assembler->sink = *sink;
	assembler->drops = drops;
	assembler->max_open = tracing->max_open_segments;
	assembler->timeout_ns = tracing->segment_timeout_ms * NS_PER_MS;
	sampler_init(&assembler->sampler, sampling->ratio, sampling->parent_based);
	err = join_table_new(&assembler->joins, tracing->max_open_segments * 2);
	if (err == 0)
		err = context_table_new(&assembler->contexts, tracing->max_open_segments);
	if (err == 0)
		err = error_watch_new(&assembler->errors);
	if (err == 0 && tracing->routes == ROUTE_GUESSED)
		err = route_guesser_new(&assembler->builder.routes, 256, tracing->max_routes);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(assembler);
	return 0;
}

static void free_segment(struct assembler *assembler, struct open_segment *open)
{
	context_table_leave(assembler->contexts, open);
	segment_lists_remove(&assembler->lists, open);
	assembler->statistics.open_segments_count--;
	open_segment_keep(&assembler->pool, open);
}

/* A request whose trouble is told is kept: not by probability, so no threshold may claim so. */
static void hand_on_linked(struct assembler *assembler, struct open_segment *open)
{
	struct segment *segment = open->segment;
	char buffer[MAX_TRACESTATE_BYTES];

	if (!segment->sampling.is_sampled) {
		segment->sampling.is_sampled = true;
		segment->sampling.has_threshold = false;
		segment->trace_state =
			arena_copy(&segment->arena,
				   tracestate_write(open->trace_state, &segment->sampling, buffer));
	}
	for (uint32_t i = 0; assembler->sink.on_linked && i < open->errors_count; i++)
		assembler->sink.on_linked(assembler->sink.self, open->errors[i].token, segment,
					  open->errors[i].source);
}

/* Out of the house: trace, sampler, and on. */
static void flush_segment(struct assembler *assembler, struct open_segment *open)
{
	struct assembler_statistics *statistics = &assembler->statistics;

	error_watch_segment_goes(assembler->errors, open);
	open_segment_close_spans(open, assembler->now_ns);
	trace_resolver_resolve(assembler->joins, &assembler->sampler, open);
	trace_resolver_publish(assembler->joins, open);
	statistics->segments_count++;
	statistics->spans_count += open->segment->spans_count;
	drops_add(assembler->drops, DROP_SEGMENT_SPANS, open->segment->dropped_spans_count);
	if (open->errors_count)
		hand_on_linked(assembler, open);
	open_segment_tell_served(open, &assembler->served, assembler->now_ns);
	if (assembler->sink.on_finished)
		assembler->sink.on_finished(assembler->sink.self, open->segment);
	if (open->segment->sampling.is_sampled) {
		statistics->kept_segments_count++;
		statistics->kept_spans_count += open->segment->spans_count;
		assembler->sink.on_segment(assembler->sink.self, &open->segment);
	} else {
		drops_count(assembler->drops, DROP_SAMPLED);
	}
	free_segment(assembler, open);
}

/* Of what one drain of a ring brings, much may have settled since its begin: no loss if it goes. */
static void make_room(struct assembler *assembler)
{
	bool is_due;
	struct open_segment *goes =
		segment_lists_next(&assembler->lists, assembler->now_ns, &is_due);

	if (!is_due)
		drops_count(assembler->drops, DROP_SEGMENT_TABLE_FULL);
	flush_segment(assembler, goes);
}

static struct open_segment *new_segment(struct assembler *assembler,
					const struct exchange *exchange)
{
	struct open_segment *open;

	if (assembler->statistics.open_segments_count >= assembler->max_open)
		make_room(assembler);
	open = open_segment_take(&assembler->pool);
	if (!open)
		return NULL;
	if (segment_new(&open->segment,
			process_table_resource(assembler->processes, (pid_t)exchange->tgid)) < 0) {
		open_segment_keep(&assembler->pool, open);
		return NULL;
	}
	open->start_ns = exchange->start_ns;
	open->unix_offset_ns = assembler->unix_offset_ns;
	open->tgid = exchange->tgid;
	segment_lists_add(&assembler->lists, open, LIST_OPEN,
			  exchange->start_ns + assembler->timeout_ns);
	assembler->statistics.open_segments_count++;
	return open;
}

/* The request this call was made for: told by a header that a proxy passed on, else the only one
 * open on its context. */
static struct open_segment *find_cause(struct assembler *assembler, const struct exchange *exchange,
				       const struct message *message,
				       enum parent_source *ret_source)
{
	struct trace_context header;
	struct open_segment *cause;

	if (message && trace_context_extract(&message->propagation, &header)) {
		cause = context_table_with_header(assembler->contexts, exchange->request_context,
						  exchange->tgid, &header);
		*ret_source = PARENT_HEADER;
		if (cause)
			return cause;
	}
	*ret_source = PARENT_THREAD;
	return context_table_only(assembler->contexts, exchange->request_context, exchange->tgid);
}

static void begin_server(struct assembler *assembler, const struct exchange *exchange,
			 const struct message *message, struct open_segment *open)
{
	if (message)
		trace_resolver_take_headers(open, &message->propagation);
	open->has_join_key = join_table_key(exchange, &open->join_key);
	open->is_server = true;
	open->context = exchange->request_context;
	context_table_enter(assembler->contexts, open);
	context_table_move(assembler->contexts, open, exchange->start_ns);
	error_watch_note(assembler->errors, open, exchange->start_ns);
}

void assembler_take_request(struct assembler *assembler, struct exchange *exchange,
			    const struct message *message)
{
	enum parent_source source = PARENT_NONE;
	struct open_segment *open = NULL;
	struct open_span *open_span;
	bool is_root;

	if (!exchange->is_server)
		open = find_cause(assembler, exchange, message, &source);
	is_root = !open;
	if (is_root)
		open = new_segment(assembler, exchange);
	open_span = open ? open_segment_add_span(&assembler->pool, open) : NULL;
	if (!open_span) {
		if (open && is_root)
			free_segment(assembler, open);
		return;
	}
	exchange->span = open_span;
	open->activity_ns = exchange->start_ns;
	if (!is_root) {
		open_span->span->parent_source = source;
		memcpy(open_span->span->parent_span_id, segment_root(open->segment)->span_id,
		       SPAN_ID_BYTES);
	} else if (exchange->is_server) {
		begin_server(assembler, exchange, message, open);
	} else if (message) {
		trace_resolver_take_headers(open, &message->propagation);
	}
	span_builder_begin(&assembler->builder, exchange, message, open->segment, open_span->span,
			   open->unix_offset_ns);
	if (!exchange->is_server)
		trace_resolver_offer(assembler->joins, exchange, open, open_span->span);
}

void assembler_take_response(struct assembler *assembler, struct exchange *exchange,
			     const struct message *message)
{
	struct open_span *open_span = exchange->span;

	if (!open_span || !open_span->segment)
		return;
	open_span->segment->activity_ns = exchange->response_start_ns;
	if (exchange->is_server) {
		open_span->segment->has_responded = true;
		open_span->segment->responded_ns = exchange->response_start_ns;
		error_watch_note(assembler->errors, open_span->segment,
				 exchange->response_start_ns);
	}
	span_builder_respond(exchange, message, open_span->segment->segment, open_span->span);
}

void assembler_take_body(struct assembler *assembler, struct exchange *exchange,
			 enum message_kind kind, struct view bytes)
{
	struct open_span *open_span = exchange->span;

	(void)assembler;
	if (open_span && open_span->segment)
		span_builder_show(exchange, kind, bytes, open_span->segment->segment,
				  open_span->span);
}

static void move_open_span(struct open_segment *from, const struct span *span,
			   struct open_segment *to, struct span *copy)
{
	struct open_span *open_span = from->open_spans;

	while (open_span && open_span->span != span)
		open_span = open_span->next;
	if (!open_span)
		return;
	open_segment_unlink_span(open_span);
	*open_span = (struct open_span){.segment = to, .span = copy};
	if (to)
		to->open_spans = open_span;
}

/* A call that is no longer believed to belong to this request becomes a segment of its own. */
static void detach_span(struct assembler *assembler, struct open_segment *from,
			const struct exchange *root, const struct span *span)
{
	/* Making room for it could close the very segment it leaves. */
	bool has_room = assembler->statistics.open_segments_count < assembler->max_open;
	struct open_segment *open = has_room ? new_segment(assembler, root) : NULL;
	struct span *copy = open ? segment_copy_span(open->segment, span) : NULL;

	if (open && !copy) {
		free_segment(assembler, open);
		open = NULL;
	}
	segment_remove_span(from->segment, span);
	trace_resolver_move(assembler->joins, from, span, open, copy);
	move_open_span(from, span, open, copy);
	if (!open) {
		drops_count(assembler->drops, DROP_SEGMENT_TABLE_FULL);
		return;
	}
	copy->parent_source = PARENT_NONE;
	memset(copy->parent_span_id, 0, SPAN_ID_BYTES);
	open->unix_offset_ns = from->unix_offset_ns;
	if (!open->open_spans)
		segment_lists_move(&assembler->lists, open, LIST_SETTLING,
				   assembler->now_ns + SETTLE_NS);
}

/*
 * The response left from another context than the request came in on: this process moves requests
 * between threads, so what ran on the thread in between may have been for anybody.
 */
static void distrust_context(struct assembler *assembler, struct open_segment *open,
			     const struct exchange *exchange)
{
	struct span *span;
	uint32_t i = 1;

	context_table_distrust(assembler->contexts, exchange->tgid);
	while (i < open->segment->spans_count) {
		span = open->segment->spans[i];
		if (span->parent_source == PARENT_THREAD)
			detach_span(assembler, open, exchange, span);
		else
			i++;
	}
}

/* Of a request that failed, somebody may say why a moment later. */
static void settle(struct assembler *assembler, struct open_segment *open)
{
	bool may_be_told = open->is_server && segment_root(open->segment)->http_status >= 500;

	if (may_be_told)
		segment_lists_move(&assembler->lists, open, LIST_FAILED,
				   assembler->now_ns + FAILED_NS);
	else
		segment_lists_move(&assembler->lists, open, LIST_SETTLING,
				   assembler->now_ns + SETTLE_NS);
}

void assembler_take_finish(struct assembler *assembler, struct exchange *exchange)
{
	struct open_span *open_span = TAKE_PTR(exchange->span);
	struct open_segment *open = open_span ? open_span->segment : NULL;
	bool is_root;

	if (!open_span)
		return;
	if (!open) {
		open_segment_keep_span(&assembler->pool, open_span);
		return;
	}
	if (exchange->end_ns > assembler->now_ns)
		assembler->now_ns = exchange->end_ns;
	span_builder_finish(exchange, open->segment, open_span->span, open->unix_offset_ns);
	is_root = open_span->span == segment_root(open->segment);
	open_segment_unlink_span(open_span);
	open_segment_keep_span(&assembler->pool, open_span);
	open->activity_ns = exchange->end_ns;
	if (is_root) {
		open->finished_ns = exchange->end_ns;
		if (open->is_server)
			context_table_move(assembler->contexts, open, exchange->end_ns);
		context_table_leave(assembler->contexts, open);
		if (exchange->is_server && exchange->response_context &&
		    exchange->response_context != exchange->request_context)
			distrust_context(assembler, open, exchange);
	}
	if (!open->open_spans)
		settle(assembler, open);
	else if (is_root)
		segment_lists_move(&assembler->lists, open, LIST_GRACE,
				   assembler->now_ns + GRACE_NS);
}

void assembler_process_exited(struct assembler *assembler, uint32_t tgid)
{
	context_table_process_exited(assembler->contexts, tgid);
}

bool assembler_take_crash(struct assembler *assembler, const struct crash_moment *moment)
{
	struct crash_search search = {.moment = moment};
	struct open_segment *open;
	const char *source;

	for (int list = 0; list < LISTS_COUNT; list++)
		for (open = assembler->lists.first[list]; open; open = open->next)
			crash_link_consider(&search, open);
	open = crash_link_choose(&search, &source);
	if (open)
		crash_link_mark(open, moment, source);
	return open;
}

void assembler_watch_error(struct assembler *assembler, const struct error_moment *moment)
{
	struct error_moment watched = *moment;

	watched.pause = context_table_pause(assembler->contexts, moment->context, moment->tgid);
	watched.is_loop = context_table_is_loop(assembler->contexts, moment->context, moment->tgid);
	if (!error_watch_begin(assembler->errors, &watched))
		return;
	for (int list = 0; list < LISTS_COUNT; list++)
		for (struct open_segment *open = assembler->lists.first[list]; open;
		     open = open->next)
			error_watch_consider(assembler->errors, moment->token, open);
}

bool assembler_take_error(struct assembler *assembler, uint64_t token,
			  const struct error_words *words)
{
	return error_watch_take(assembler->errors, token, words);
}

void assembler_forget_error(struct assembler *assembler, uint64_t token)
{
	error_watch_forget(assembler->errors, token);
}

void assembler_set_unix_offset(struct assembler *assembler, uint64_t unix_offset_ns)
{
	assembler->unix_offset_ns = unix_offset_ns;
}

/* What is known to be said needs no more waiting. */
static void release_told(struct assembler *assembler, uint64_t now_ns)
{
	struct open_segment *open = assembler->lists.first[LIST_FAILED], *next;

	for (; open; open = next) {
		next = open->next;
		if (open->errors_count && open->held_count == 0 &&
		    open->due_ns > now_ns + SETTLE_NS)
			segment_lists_move(&assembler->lists, open, LIST_SETTLING,
					   now_ns + SETTLE_NS);
	}
}

void assembler_tick(struct assembler *assembler, uint64_t now_ns)
{
	struct open_segment *open;

	if (now_ns > assembler->now_ns)
		assembler->now_ns = now_ns;
	error_watch_decide(assembler->errors, now_ns, false, assembler->sink.on_unlinked,
			   assembler->sink.self);
	release_told(assembler, now_ns);
	for (int list = 0; list < LISTS_COUNT; list++)
		while ((open = assembler->lists.first[list]) && open->due_ns <= now_ns) {
			/* Held, and not for ever: error_watch.c lets go. */
			if (open_segment_is_held(open))
				segment_lists_move(&assembler->lists, open, LIST_FAILED,
						   now_ns + FAILED_NS);
			else
				flush_segment(assembler, open);
		}
}

void assembler_finish(struct assembler *assembler)
{
	error_watch_decide(assembler->errors, assembler->now_ns, true, assembler->sink.on_unlinked,
			   assembler->sink.self);
	/* Callers last: whoever joins them needs them unresolved or published, and both do. */
	for (int list = LISTS_COUNT - 1; list >= 0; list--)
		while (assembler->lists.first[list])
			flush_segment(assembler, assembler->lists.first[list]);
}

void assembler_watch_requests(struct assembler *assembler, const struct served_watch *watch)
{
	assembler->served = *watch;
}

void assembler_set_sampling(struct assembler *assembler, const struct sampling_settings *sampling)
{
	sampler_init(&assembler->sampler, sampling->ratio, sampling->parent_based);
}

void assembler_free(struct assembler **assembler)
{
	if (!*assembler)
		return;
	for (int list = 0; list < LISTS_COUNT; list++)
		while ((*assembler)->lists.first[list]) {
			struct open_segment *open = (*assembler)->lists.first[list];

			for (struct open_span *open_span = open->open_spans; open_span;
			     open_span = open_span->next)
				open_span->segment = NULL;
			free_segment(*assembler, open);
		}
	open_segment_pool_done(&(*assembler)->pool);
	error_watch_free(&(*assembler)->errors);
	context_table_free(&(*assembler)->contexts);
	join_table_free(&(*assembler)->joins);
	route_guesser_free(&(*assembler)->builder.routes);
	free(*assembler);
	*assembler = NULL;
}

struct assembler_statistics assembler_statistics(const struct assembler *assembler)
{
	return assembler->statistics;
}
