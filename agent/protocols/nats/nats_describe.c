/*
 * NATS spans by the messaging conventions. A client that publishes produces, one that is sent a
 * message consumes; the server's ends of both are a SERVER and a CLIENT span. Inboxes have random
 * names, and JetStream's acknowledgements numbers: neither is told.
 */
#include "protocols/nats/nats_describe.h"

#include <stdio.h>
#include "base/arena.h"
#include "protocols/attribute_text.h"
#include "protocols/endpoint.h"

#define MAX_SUBJECT_BYTES 256

static bool is_temporary(struct view subject)
{
	return view_starts_with(subject, VIEW_LITERAL("_INBOX."));
}

static void describe_name(const char *operation, struct view subject, struct span *span,
			  struct arena *arena)
{
	char buffer[MAX_SUBJECT_BYTES];
	struct view clean = attribute_text_clean(subject, buffer, sizeof(buffer));

	attribute_set_static(&span->attributes, arena, "messaging.operation.name", operation);
	span->name = view_of_text(operation);
	if (is_temporary(subject)) {
		attribute_set_boolean(&span->attributes, arena, "messaging.destination.temporary",
				      true);
		attribute_set_boolean(&span->attributes, arena, "messaging.destination.anonymous",
				      true);
		return;
	}
	if (view_starts_with(subject, VIEW_LITERAL("$JS.ACK.")))
		return;
	attribute_set_string(&span->attributes, arena, "messaging.destination.name", clean);
	span->name = arena_join(arena, view_of_text(operation), VIEW_LITERAL(" "), clean);
}

static void describe_status(uint16_t status, struct span *span, struct arena *arena)
{
	char number[8];

	snprintf(number, sizeof(number), "%u", status);
	span->status = STATUS_ERROR;
	attribute_set_string(&span->attributes, arena, "error.type", view_of_text(number));
}

void nats_describe_request(const struct message *message, const struct exchange *exchange,
			   struct span *span, struct arena *arena)
{
	const struct nats_fields *fields = (const struct nats_fields *)message->fields;
	bool is_ack = view_starts_with(fields->subject, VIEW_LITERAL("$JS.ACK."));
	bool is_consumer = fields->is_delivery && exchange->is_server;
	struct exchange ends = *exchange;
	const char *type = is_ack ? "settle" : is_consumer ? "process" : "send";

	span->kind = is_consumer           ? SPAN_CONSUMER
		     : exchange->is_server ? SPAN_SERVER
		     : fields->is_delivery ? SPAN_CLIENT
		     : is_ack              ? SPAN_CLIENT
					   : SPAN_PRODUCER;
	span->operation = is_consumer ? "queue.process" : "queue.publish";
	span->origin = "auto.queue.ebpf";
	attribute_set_static(&span->attributes, arena, "messaging.system", "nats");
	attribute_set_static(&span->attributes, arena, "messaging.operation.type", type);
	describe_name(is_ack                ? "ack"
		      : is_consumer         ? "process"
		      : fields->is_delivery ? "deliver"
					    : "publish",
		      fields->subject, span, arena);
	attribute_set_integer(&span->attributes, arena, "messaging.message.body.size",
			      (int64_t)fields->body_size);
	if (fields->status)
		describe_status(fields->status, span, arena);
	/* Of a delivery it is the server that sends. */
	ends.is_server = exchange->is_server != fields->is_delivery;
	endpoint_describe_server(&ends, span, arena);
	endpoint_describe(&ends, span, arena);
}

void nats_describe_response(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena)
{
	/* Nothing is answered. */
	(void)message;
	(void)exchange;
	(void)span;
	(void)arena;
}
