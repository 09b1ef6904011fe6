/*
 * An assembler whose links are noted: reports of exceptions are told beside requests that fail, and
 * what they were linked to is compared. Everything happens on one event loop of process 100.
 */
#ifndef SUPPORT_ERROR_WATCH_FIXTURE_H
#define SUPPORT_ERROR_WATCH_FIXTURE_H

#include "tracing_fixture.h"

#include "tracing/error_watch.h"

#define LOOP 7

static struct {
	uint64_t token[8];
	uint64_t start_unix_ns[8];
	const char *source[8];
	uint32_t count;
	uint64_t unlinked[8];
	uint32_t unlinked_count;
} linked;

static inline void on_linked(void *self, uint64_t token, const struct segment *segment,
			     const char *source)
{
	(void)self;
	linked.token[linked.count] = token;
	linked.start_unix_ns[linked.count] = segment_root(segment)->start_unix_ns;
	linked.source[linked.count++] = source;
}

static inline void on_unlinked(void *self, uint64_t token)
{
	(void)self;
	linked.unlinked[linked.unlinked_count++] = token;
}

static inline void begin_with(struct tracing_fixture *f, size_t max_open, double ratio)
{
	struct assembler_sink sink = {f, tracing_on_segment, NULL, on_linked, on_unlinked};

	tracing_begin_with(f, max_open, ratio);
	assembler_free(&f->assembler);
	assert_int_equal(assembler_new(&f->assembler, &f->tracing, &f->sampling, f->processes,
				       &sink, &f->drops),
			 0);
	memset(&linked, 0, sizeof(linked));
}

static inline void begin(struct tracing_fixture *f)
{
	begin_with(f, 64, 1);
}

static inline void fail_told(struct tracing_fixture *f, struct told *t, uint64_t now_ns)
{
	struct message message;
	size_t consumed;

	t->exchange.response_context = t->exchange.request_context;
	t->exchange.response_start_ns = now_ns;
	assert_int_equal(
		protocol_http1.parse(MESSAGE_RESPONSE,
				     VIEW_LITERAL("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"),
				     false, t->pair_state, &message, &consumed),
		PARSE_DONE);
	assembler_take_response(f->assembler, &t->exchange, &message);
	tell_finish(f, t, now_ns);
}

static inline void watch(struct tracing_fixture *f, uint64_t token, uint64_t context,
			 uint64_t time_ns)
{
	struct error_moment moment = {
		.token = token, .context = context, .time_ns = time_ns, .tgid = 100};

	assembler_watch_error(f->assembler, &moment);
}

static inline void told_words(struct tracing_fixture *f, uint64_t token)
{
	struct error_words words = {VIEW_LITERAL("ValueError"), VIEW_LITERAL("no such order")};

	assert_true(assembler_take_error(f->assembler, token, &words));
}

/* Both at once, for a report that is whole when it is seen. */
static inline void report(struct tracing_fixture *f, uint64_t token, uint64_t context,
			  uint64_t time_ns)
{
	watch(f, token, context, time_ns);
	told_words(f, token);
}

static inline void expect_link(uint32_t i, uint64_t token, uint64_t start_ns, const char *source)
{
	assert_true(i < linked.count);
	assert_int_equal(linked.token[i], token);
	assert_int_equal(linked.start_unix_ns[i], start_ns);
	assert_string_equal(linked.source[i], source);
}

#endif
