/*
 * Semantic conventions 1.44 know no WebSockets: the attributes are limpet's, but for the protocol
 * and the ends. Counts are those of the process that was traced: what it sent and what it received.
 */
#include "protocols/websocket/websocket_describe.h"

#include "base/arena.h"
#include "model/attribute.h"
#include "protocols/endpoint.h"

/* RFC 6455, section 7.4.1. */
#define CODE_NORMAL     1000
#define CODE_GOING_AWAY 1001
#define CODE_NO_STATUS  1005
#define CODE_PRIVATE    3000 /* and above: what they mean is known to the application */

void websocket_describe_request(const struct message *message, const struct exchange *exchange,
				struct span *span, struct arena *arena)
{
	bool is_server = exchange->is_server;

	(void)message;
	span->kind = is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = is_server ? "websocket.server" : "websocket.client";
	span->origin = "auto.websocket.ebpf";
	span->name = VIEW_LITERAL("WebSocket");
	attribute_set_static(&span->attributes, arena, "network.protocol.name", "websocket");
	endpoint_describe(exchange, span, arena);
	endpoint_describe_server(exchange, span, arena);
}

static bool is_error(uint16_t code)
{
	return code > CODE_GOING_AWAY && code < CODE_PRIVATE && code != CODE_NO_STATUS;
}

void websocket_describe_response(const struct message *message, const struct exchange *exchange,
				 struct span *span, struct arena *arena)
{
	const struct websocket_totals *totals = (const struct websocket_totals *)message->fields;
	bool is_server = exchange->is_server;
	const struct websocket_counts *sent =
		&totals->sides[is_server ? MESSAGE_RESPONSE : MESSAGE_REQUEST];
	const struct websocket_counts *received =
		&totals->sides[is_server ? MESSAGE_REQUEST : MESSAGE_RESPONSE];
	struct attribute_list *list = &span->attributes;

	attribute_set_integer(list, arena, "limpet.websocket.messages.sent",
			      (int64_t)sent->messages);
	attribute_set_integer(list, arena, "limpet.websocket.messages.received",
			      (int64_t)received->messages);
	attribute_set_integer(list, arena, "limpet.websocket.bytes.sent", (int64_t)sent->bytes);
	attribute_set_integer(list, arena, "limpet.websocket.bytes.received",
			      (int64_t)received->bytes);
	if (totals->is_compressed)
		attribute_set_boolean(list, arena, "limpet.websocket.compressed", true);
	if (!totals->close_code)
		return;
	attribute_set_integer(list, arena, "limpet.websocket.close.code", totals->close_code);
	attribute_set_static(list, arena, "limpet.websocket.close.by",
			     totals->closed_by == MESSAGE_REQUEST ? "client" : "server");
	if (is_error(totals->close_code)) {
		span->status = STATUS_ERROR;
		attribute_set_string(list, arena, "error.type",
				     arena_format(arena, "%u", totals->close_code));
	}
}
