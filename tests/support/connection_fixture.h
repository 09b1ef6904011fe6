/*
 * A connection table whose sink writes down what it is told, one line per exchange, so that a test
 * compares a whole conversation as one text.
 */
#ifndef SUPPORT_CONNECTION_FIXTURE_H
#define SUPPORT_CONNECTION_FIXTURE_H

#include "cmocka_test.h"

#include "capture/event_decoder.h"
#include "connection/connection_table.h"
#include "drops_text.h"
#include "protocols/http1_head.h"
#include "protocols/protocol.h"
#include "record_builder.h"

struct connection_fixture {
	unsigned forgotten; /* connections the kernel side was told to let go */
	struct connection_table *table;
	struct drops drops;
	struct record_builder builder;
	struct exchange last;          /* the one finished last */
	const struct protocol *before; /* and what asked for the TLS it came by */
	uint32_t word;
	int requests, responses, finishes, asked, ignored, turned_off, modes;
	enum capture_mode mode; /* asked for last */
	char text[65536];
	size_t used;
	char drops_text[1024];
	char bodies[1024];
	size_t bodies_used;
};

static inline void fixture_say(struct connection_fixture *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static inline void fixture_say(struct connection_fixture *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	f->used += (size_t)vsnprintf(f->text + f->used, sizeof(f->text) - f->used, format, args);
	va_end(args);
	assert_in_range(f->used, 0, sizeof(f->text) - 1);
}

static inline void fixture_on_request(void *self, struct exchange *exchange,
				      const struct message *message)
{
	struct connection_fixture *f = self;

	f->requests++;
	assert_true(!!message == !!exchange->protocol);
	exchange->span = (void *)(uintptr_t)exchange->id;
}

static inline void fixture_on_response(void *self, struct exchange *exchange,
				       const struct message *message)
{
	struct connection_fixture *f = self;

	f->responses++;
	assert_true(!!message == !!exchange->protocol);
	assert_ptr_equal(exchange->span, (void *)(uintptr_t)exchange->id);
}

/* "request:body\n" of what was shown. */
static inline void fixture_on_body(void *self, struct exchange *exchange, enum message_kind kind,
				   struct view bytes)
{
	struct connection_fixture *f = self;

	assert_ptr_equal(exchange->span, (void *)(uintptr_t)exchange->id);
	f->bodies_used +=
		(size_t)snprintf(f->bodies + f->bodies_used, sizeof(f->bodies) - f->bodies_used,
				 "%s:%.*s\n", kind == MESSAGE_REQUEST ? "request" : "response",
				 (int)(bytes.size < 8 ? bytes.size : 8), bytes.bytes);
	if (f->bodies_used >= sizeof(f->bodies))
		f->bodies_used = sizeof(f->bodies) - 1;
}

/* "server 50 18/0 38/5\n": side, request size/body, response size/body; - for a body not known. */
static inline void fixture_on_finish(void *self, struct exchange *exchange)
{
	struct connection_fixture *f = self;

	f->finishes++;
	f->last = *exchange;
	f->before = exchange->connection->tls.before;
	f->word = exchange->connection->tls.word;
	fixture_say(f, "%s %llu/", exchange->is_server ? "server" : "client",
		    (unsigned long long)exchange->request_bytes);
	if (exchange->has_request_body_bytes)
		fixture_say(f, "%llu", (unsigned long long)exchange->request_body_bytes);
	else
		fixture_say(f, "-");
	fixture_say(f, " %llu/", (unsigned long long)exchange->response_bytes);
	if (exchange->has_response_body_bytes)
		fixture_say(f, "%llu", (unsigned long long)exchange->response_body_bytes);
	else
		fixture_say(f, "-");
	fixture_say(f, "%s%s%s\n", exchange->protocol ? "" : " call",
		    exchange->is_aborted ? " aborted" : "", exchange->is_lossy ? " lossy" : "");
}

static inline void fixture_set_mode(void *self, const struct connection_identity *connection,
				    enum capture_mode mode)
{
	struct connection_fixture *f = self;

	(void)connection;
	f->modes++;
	f->mode = mode;
	f->builder.mode = mode;
	f->ignored += mode == CAPTURE_IGNORE;
	f->turned_off += mode == CAPTURE_OFF;
}

static inline void fixture_ask(void *self, const struct connection_identity *connection)
{
	struct connection_fixture *f = self;

	(void)connection;
	f->asked++;
}

static inline void fixture_take(void *self, struct view record)
{
	struct connection_fixture *f = self;
	struct event event;

	assert_int_equal(event_decoder_decode(record, &event), 0);
	if (event.kind == RECORD_PROCESS_EXIT)
		connection_table_process_exited(f->table, event.exit->tgid, event.time_ns);
	connection_table_take(f->table, &event);
}

static inline void fixture_forget(void *self, const struct connection_identity *connection)
{
	struct connection_fixture *f = self;

	assert_true(connection->id != 0);
	f->forgotten++;
}

static inline void fixture_begin_with(struct connection_fixture *f, size_t max_connections)
{
	struct connection_table_settings settings = {max_connections, true, 1 << 20};
	struct connection_sink sink = {
		.self = f,
		.on_request = fixture_on_request,
		.on_response = fixture_on_response,
		.on_finish = fixture_on_finish,
		.set_mode = fixture_set_mode,
		.ask_progress = fixture_ask,
		.forget = fixture_forget,
		.on_body = fixture_on_body,
	};

	memset(f, 0, sizeof(*f));
	assert_int_equal(connection_table_new(&f->table, &settings, &sink, &f->drops), 0);
	record_builder_init(&f->builder, fixture_take, f);
}

static inline void fixture_begin(struct connection_fixture *f, enum connection_role role)
{
	fixture_begin_with(f, 16);
	record_builder_open(&f->builder, role);
}

static inline void fixture_end(struct connection_fixture *f)
{
	connection_table_free(&f->table);
	assert_int_equal(f->requests, f->finishes);
}

static inline const char *fixture_drops(struct connection_fixture *f)
{
	return drops_text(&f->drops, " ", f->drops_text, sizeof(f->drops_text));
}

#endif
