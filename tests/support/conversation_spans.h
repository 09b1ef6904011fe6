/*
 * What conversation_fixture.h makes of exchanges: one line of text each, by the protocol's own
 * describe functions.
 */
#ifndef SUPPORT_CONVERSATION_SPANS_H
#define SUPPORT_CONVERSATION_SPANS_H

#include "cmocka_test.h"

#include "base/arena.h"
#include "connection/connection_table.h"
#include "protocols/protocol.h"
#include "record_builder.h"

struct conversation_fixture {
	struct connection_table *table;
	struct drops drops;
	struct record_builder builder;
	bool is_server;                      /* whose connection this is */
	const struct protocol *protocol;     /* of the latest exchange */
	struct propagation *propagation;     /* of the latest request; views die with the segment */
	uint64_t request_position, start_ns; /* of the latest exchange */
	enum capture_mode mode;              /* asked for last */
	unsigned modes, opened, finished;
	char text[262144];
	size_t used;
	char drops_text[1024];
};

struct conversation_span {
	struct span span;
	struct arena arena;
};

static inline void conversation_say(struct conversation_fixture *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static inline void conversation_say(struct conversation_fixture *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	f->used += (size_t)vsnprintf(f->text + f->used, sizeof(f->text) - f->used, format, args);
	va_end(args);
	assert_in_range(f->used, 0, sizeof(f->text) - 1);
}

static inline void conversation_on_request(void *self, struct exchange *exchange,
					   const struct message *message)
{
	struct conversation_fixture *f = self;
	struct conversation_span *open;

	f->opened++;
	f->protocol = exchange->protocol;
	f->request_position = exchange->request_position;
	f->start_ns = exchange->start_ns;
	if (!message)
		return;
	open = calloc(1, sizeof(*open));
	assert_non_null(open);
	arena_init(&open->arena, 65536);
	open->span.kind = exchange->is_server ? SPAN_SERVER : SPAN_CLIENT;
	exchange->span = open;
	exchange->protocol->describe_request(message, exchange, &open->span, &open->arena);
	if (!view_is_empty(message->propagation.traceparent))
		attribute_set_string(&open->span.attributes, &open->arena, "(traceparent)",
				     message->propagation.traceparent);
}

static inline void conversation_on_response(void *self, struct exchange *exchange,
					    const struct message *message)
{
	struct conversation_span *open = exchange->span;

	(void)self;
	if (message && open)
		exchange->protocol->describe_response(message, exchange, &open->span, &open->arena);
}

static inline void conversation_on_body(void *self, struct exchange *exchange,
					enum message_kind kind, struct view bytes)
{
	struct conversation_span *open = exchange->span;

	(void)self;
	if (open && open->span.notes && exchange->protocol->describe_body)
		exchange->protocol->describe_body(kind, bytes, exchange, &open->span, &open->arena);
}

static inline void conversation_print_attribute(struct conversation_fixture *f,
						const struct attribute *a)
{
	/* Where it was is the fixture's, not the protocol's. */
	if (strncmp(a->key, "network.peer.", 13) == 0 ||
	    strncmp(a->key, "network.local.", 14) == 0 || strncmp(a->key, "server.", 7) == 0 ||
	    strncmp(a->key, "client.", 7) == 0)
		return;
	conversation_say(f, " %s=", a->key);
	switch (a->type) {
	case ATTRIBUTE_STRING:
		conversation_say(f, "%.*s", VIEW_FORMAT(a->string));
		return;
	case ATTRIBUTE_STRINGS:
		for (struct view rest = a->string, item; attribute_next_string(&rest, &item);)
			conversation_say(f, "[%.*s]", VIEW_FORMAT(item));
		return;
	case ATTRIBUTE_INTEGER:
		conversation_say(f, "%lld", (long long)a->integer);
		return;
	case ATTRIBUTE_BOOLEAN:
		conversation_say(f, "%s", a->boolean ? "true" : "false");
		return;
	default:
		conversation_say(f, "?");
	}
}

static inline const char *conversation_kind_word(enum span_kind kind)
{
	static const char *const words[] = {"?",      "internal", "server",
					    "client", "producer", "consumer"};

	return words[kind];
}

static inline void conversation_on_finish(void *self, struct exchange *exchange)
{
	struct conversation_fixture *f = self;
	struct conversation_span *open = exchange->span;

	f->finished++;
	if (!open) {
		conversation_say(f, "%s call\n", exchange->is_server ? "server" : "client");
		return;
	}
	assert_in_range(exchange->end_ns, exchange->start_ns, UINT64_MAX);
	if (exchange->response_start_ns)
		assert_in_range(exchange->response_start_ns, 1, exchange->end_ns);
	conversation_say(f, "%s \"%.*s\" %s", conversation_kind_word(open->span.kind),
			 VIEW_FORMAT(open->span.name),
			 open->span.operation ? open->span.operation : "-");
	for (uint32_t i = 0; i < open->span.attributes.count; i++)
		conversation_print_attribute(f, &open->span.attributes.items[i]);
	if (exchange->has_request_body_bytes)
		conversation_say(f, " (request body %llu)",
				 (unsigned long long)exchange->request_body_bytes);
	if (exchange->has_response_body_bytes)
		conversation_say(f, " (response body %llu)",
				 (unsigned long long)exchange->response_body_bytes);
	conversation_say(f, "%s%s%s\n", open->span.status == STATUS_ERROR ? " ERROR" : "",
			 exchange->is_aborted ? " aborted" : "",
			 exchange->is_lossy ? " lossy" : "");
	arena_done(&open->arena);
	free(open);
	exchange->span = NULL;
}

#endif
