/*
 * Refinements of HTTP from hostile bytes: whole exchanges of HTTP/1 whose heads and bodies are the
 * input's. Beyond "does not crash": attributes are valid UTF-8 and within their caps, names of
 * GraphQL are names of its language, and a document says the same at every cut or nothing.
 */
// fuzz-sources: agent/protocols/http_*.c agent/protocols/elasticsearch/*.c
// fuzz-sources: agent/protocols/s3/*.c agent/protocols/graphql/*.c
// fuzz-sources: agent/protocols/grpc_web/*.c agent/protocols/http2/*.c
// fuzz-sources: agent/protocols/http1*.c agent/protocols/websocket/*.c
// fuzz-sources: agent/protocols/telemetry/*.c
// fuzz-sources: agent/protocols/attribute_text.c agent/protocols/endpoint.c
// fuzz-sources: agent/model/attribute.c agent/base/arena.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/log.c agent/base/clock.c
#include <assert.h>
#include <stdlib.h>
#include "base/arena.h"
#include "base/utf8.h"
#include "protocols/graphql/graphql_document.h"
#include "protocols/grpc_web/grpc_web_trailer.h"
#include "protocols/http1.h"
#include "protocols/http_refinement.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_span(const struct span *span)
{
	struct view name = attribute_string(&span->attributes, "graphql.operation.name");

	assert(!name.size || graphql_document_is_name(name));
	assert(span->attributes.dropped_count == 0);
	for (uint32_t i = 0; i < span->attributes.count; i++) {
		struct view text = span->attributes.items[i].string;

		if (span->attributes.items[i].type != ATTRIBUTE_STRING)
			continue;
		assert(text.size <= 2048);
		while (text.size) {
			size_t length = utf8_sequence_length(text);

			assert(length);
			text = view_skip(text, length);
		}
	}
}

/* One message; what stands behind its head is its body. */
static void take(enum message_kind kind, struct view bytes, const struct exchange *exchange,
		 struct span *span, struct arena *arena)
{
	unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES] = {0};
	struct message message;
	size_t consumed;

	if (protocol_http1.parse(kind, bytes, true, pair_state, &message, &consumed) != PARSE_DONE)
		return;
	if (kind == MESSAGE_REQUEST)
		protocol_http1.describe_request(&message, exchange, span, arena);
	else
		protocol_http1.describe_response(&message, exchange, span, arena);
	if (consumed < bytes.size && span->notes)
		protocol_http1.describe_body(kind, view_skip(bytes, consumed), exchange, span,
					     arena);
}

static void check_document(struct view document)
{
	struct graphql_operation whole, part;

	if (!graphql_document_read(document, false, (struct view){0}, &whole))
		return;
	for (size_t cut = 0; cut < document.size && cut < 128; cut++)
		if (graphql_document_read(view_take(document, cut), true, (struct view){0}, &part))
			assert(!part.type && !part.name.size);
}

/* The request and its answer, divided by a zero; the first byte chooses the side. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct connection_identity connection = {.family = FAMILY_IPV4, .peer_port = 80};
	struct exchange exchange = {.connection = &connection};
	struct view rest = view_of(bytes, size), request;
	struct span span = {0};
	struct arena arena;

	if (!size)
		return 0;
	exchange.is_server = bytes[0] & 1;
	connection.is_tls = bytes[0] & 2;
	rest = view_skip(rest, 1);
	check_document(rest);
	grpc_web_trailer_status(rest, bytes[0] & 4);
	if (!view_next_token(&rest, '\0', &request))
		return 0;
	arena_init(&arena, 1 << 20);
	take(MESSAGE_REQUEST, request, &exchange, &span, &arena);
	if (rest.size)
		take(MESSAGE_RESPONSE, rest, &exchange, &span, &arena);
	check_span(&span);
	arena_done(&arena);
	return 0;
}
