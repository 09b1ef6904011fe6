/*
 * An assembler that is told of exchanges one step at a time and keeps the segments it lets go. The
 * connection of every exchange is 10.0.0.1:50000 → 10.0.0.2:80 unless a test changes it.
 */
#ifndef SUPPORT_TRACING_FIXTURE_H
#define SUPPORT_TRACING_FIXTURE_H

#include "cmocka_test.h"

#include "protocols/http1.h"
#include "tracing/assembler.h"

#define MAX_FIXTURE_SEGMENTS 128
#define FIXTURE_OFFSET_NS    1700000000000000000ull
#define MS                   1000000ull

/* One exchange and what it needs while it is open. */
struct told {
	struct exchange exchange;
	struct connection_identity connection;
	unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES];
};

struct tracing_fixture {
	struct assembler *assembler;
	struct process_table *processes;
	struct identity_settings identity;
	struct tracing_settings tracing;
	struct sampling_settings sampling;
	struct drops drops;
	struct segment *segments[MAX_FIXTURE_SEGMENTS];
	uint32_t segments_count;
	uint64_t ids;
};

static inline void tracing_on_segment(void *self, struct segment **segment)
{
	struct tracing_fixture *f = self;

	assert_in_range(f->segments_count, 0, MAX_FIXTURE_SEGMENTS - 1);
	f->segments[f->segments_count++] = *segment;
	*segment = NULL;
}

static inline void tracing_begin_with(struct tracing_fixture *f, size_t max_open, double ratio)
{
	struct assembler_sink sink = {.self = f, .on_segment = tracing_on_segment};

	memset(f, 0, sizeof(*f));
	f->tracing = (struct tracing_settings){
		.routes = ROUTE_OFF,
		.max_routes = 10,
		.max_open_segments = max_open,
		.segment_timeout_ms = 1000,
	};
	f->sampling = (struct sampling_settings){.ratio = ratio, .parent_based = true};
	assert_int_equal(process_table_new(&f->processes, &f->identity, 64, &f->drops), 0);
	process_table_set_reads_proc(f->processes, false);
	assert_int_equal(assembler_new(&f->assembler, &f->tracing, &f->sampling, f->processes,
				       &sink, &f->drops),
			 0);
	assembler_set_unix_offset(f->assembler, FIXTURE_OFFSET_NS);
}

static inline void tracing_end(struct tracing_fixture *f)
{
	assembler_free(&f->assembler);
	process_table_free(&f->processes);
	for (uint32_t i = 0; i < f->segments_count; i++)
		segment_free(&f->segments[i]);
}

/* An exchange about to be told. context 0 is the thread of its process. */
static inline void told_init(struct tracing_fixture *f, struct told *t, bool is_server,
			     uint64_t context, uint32_t sequence, uint64_t start_ns)
{
	*t = (struct told){
		.connection = {.family = FAMILY_IPV4,
			       .local_address = {10, 0, 0, is_server ? 2 : 1},
			       .peer_address = {10, 0, 0, is_server ? 1 : 2},
			       .local_port = is_server ? 80 : 50000,
			       .peer_port = is_server ? 50000 : 80,
			       .netns = 1},
		.exchange = {.id = ++f->ids,
			     .protocol = &protocol_http1,
			     .is_server = is_server,
			     .tgid = 100,
			     .request_context = context,
			     .start_ns = start_ns,
			     .has_sequence = true,
			     .request_sequence = sequence},
	};
	t->exchange.connection = &t->connection;
}

static inline void tell_request(struct tracing_fixture *f, struct told *t, const char *head)
{
	struct message message;
	size_t consumed;

	assert_int_equal(protocol_http1.parse(MESSAGE_REQUEST, view_of_text(head), false,
					      t->pair_state, &message, &consumed),
			 PARSE_DONE);
	assembler_take_request(f->assembler, &t->exchange, &message);
}

static inline void tell_response(struct tracing_fixture *f, struct told *t, uint64_t context,
				 uint64_t now_ns)
{
	struct message message;
	size_t consumed;

	t->exchange.response_context = context;
	t->exchange.response_start_ns = now_ns;
	assert_int_equal(
		protocol_http1.parse(MESSAGE_RESPONSE,
				     VIEW_LITERAL("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
				     false, t->pair_state, &message, &consumed),
		PARSE_DONE);
	assembler_take_response(f->assembler, &t->exchange, &message);
}

static inline void tell_finish(struct tracing_fixture *f, struct told *t, uint64_t now_ns)
{
	t->exchange.end_ns = now_ns;
	assembler_take_finish(f->assembler, &t->exchange);
	assert_null(t->exchange.span);
}

#define GET_HEAD "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"

/* Begun now. */
static inline void begin_told(struct tracing_fixture *f, struct told *t, bool is_server,
			      uint64_t context, uint32_t sequence, uint64_t start_ns)
{
	told_init(f, t, is_server, context, sequence, start_ns);
	tell_request(f, t, GET_HEAD);
}

/* Answered and over. */
static inline void end_told(struct tracing_fixture *f, struct told *t, uint64_t now_ns)
{
	tell_response(f, t, t->exchange.request_context, now_ns);
	tell_finish(f, t, now_ns);
}

#endif
