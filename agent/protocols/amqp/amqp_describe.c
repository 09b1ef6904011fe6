/*
 * Attributes of AMQP's spans (semantic conventions 1.44, docs/messaging/rabbitmq.md). A producer's
 * destination is `{exchange}:{routing key}`, a consumer's `{exchange}:{routing key}:{queue}`; names
 * the server made up (amq.gen-…) are anonymous and stay out of the span's name. Nothing of a
 * message but its identifiers and its size, and no reply text: that quotes what was sent.
 */
#include "protocols/amqp/amqp_describe.h"

#include <stdio.h>
#include "base/arena.h"
#include "protocols/amqp/amqp_fields.h"
#include "protocols/attribute_text.h"
#include "protocols/endpoint.h"

#define MAX_PART_BYTES        255
#define MAX_DESTINATION_BYTES (3 * MAX_PART_BYTES + 2)
#define MAX_ID_BYTES          255

static const struct amqp_fields *fields_of(const struct message *message)
{
	return (const struct amqp_fields *)message->fields;
}

/* Queues that the server named for their one user. */
static bool is_anonymous(struct view name)
{
	return view_starts_with(name, VIEW_LITERAL("amq.gen-")) ||
	       view_starts_with(name, VIEW_LITERAL("amq.rabbitmq.reply-to"));
}

struct destination {
	size_t used;
	bool is_anonymous;
	char bytes[MAX_DESTINATION_BYTES];
};

static void append(struct destination *destination, struct view part, bool is_name)
{
	if (!part.size || part.size > MAX_PART_BYTES)
		return;
	if (is_anonymous(part)) {
		destination->is_anonymous = true;
		if (is_name)
			return;
	}
	if (destination->used)
		destination->bytes[destination->used++] = ':';
	memcpy(destination->bytes + destination->used, part.bytes, part.size);
	destination->used += part.size;
}

/* is_name: as the span's name has it. */
static struct view join(const struct amqp_fields *fields, bool is_name, struct destination *ret)
{
	ret->used = 0;
	ret->is_anonymous = false;
	append(ret, fields->exchange, is_name);
	append(ret, fields->routing_key, is_name);
	if (!view_equals(fields->queue, fields->routing_key))
		append(ret, fields->queue, is_name);
	if (!ret->used && !ret->is_anonymous && fields->method == AMQP_BASIC_PUBLISH)
		append(ret, VIEW_LITERAL("amq.default"), is_name);
	return view_of(ret->bytes, ret->used);
}

static void describe_destination(const struct amqp_fields *fields, const char *operation,
				 struct span *span, struct arena *arena)
{
	char buffer[MAX_DESTINATION_BYTES * 3];
	struct destination destination;
	struct view name = join(fields, false, &destination);
	struct view word = view_of_text(operation);

	if (name.size)
		attribute_text_set(&span->attributes, arena, "messaging.destination.name", name,
				   MAX_DESTINATION_BYTES);
	if (destination.is_anonymous) {
		attribute_set_boolean(&span->attributes, arena, "messaging.destination.anonymous",
				      true);
		attribute_set_boolean(&span->attributes, arena, "messaging.destination.temporary",
				      true);
	}
	if (fields->routing_key.size)
		attribute_text_set(&span->attributes, arena,
				   "messaging.rabbitmq.destination.routing_key",
				   fields->routing_key, MAX_PART_BYTES);
	name = attribute_text_clean(join(fields, true, &destination), buffer, sizeof(buffer));
	span->name = name.size ? arena_join(arena, word, VIEW_LITERAL(" "), name)
			       : arena_copy(arena, word);
}

static void describe_message(const struct amqp_fields *fields, struct span *span,
			     struct arena *arena)
{
	struct attribute_list *list = &span->attributes;

	if (fields->delivery_tag)
		attribute_set_integer(list, arena, "messaging.rabbitmq.message.delivery_tag",
				      (int64_t)fields->delivery_tag);
	if (fields->has_body_size)
		attribute_set_integer(list, arena, "messaging.message.body.size",
				      (int64_t)fields->body_size);
	if (fields->message_id.size)
		attribute_text_set(list, arena, "messaging.message.id", fields->message_id,
				   MAX_ID_BYTES);
	if (fields->correlation_id.size)
		attribute_text_set(list, arena, "messaging.message.conversation_id",
				   fields->correlation_id, MAX_ID_BYTES);
}

/* What it is called, what type it has, what kind of span it is, seen from this side. */
static const char *describe_operation(const struct amqp_fields *fields, bool is_server,
				      struct span *span, struct arena *arena)
{
	const struct amqp_method_kind *kind = amqp_method_find(fields->method);
	const char *name = kind ? kind->name : "amqp", *type = NULL;

	span->kind = is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = "queue";
	if (fields->method == AMQP_BASIC_PUBLISH) {
		name = "publish";
		type = "send";
		span->operation = "queue.publish";
		span->kind = is_server ? SPAN_SERVER : SPAN_PRODUCER;
	} else if (fields->method == AMQP_BASIC_DELIVER) {
		name = is_server ? "process" : "deliver";
		type = is_server ? "process" : "send";
		span->operation = is_server ? "queue.process" : "queue.publish";
		span->kind = is_server ? SPAN_CONSUMER : SPAN_CLIENT;
	} else if (fields->method == AMQP_BASIC_GET) {
		name = "get";
		type = "receive";
		span->operation = "queue.receive";
	}
	attribute_set_static(&span->attributes, arena, "messaging.operation.name", name);
	if (type)
		attribute_set_static(&span->attributes, arena, "messaging.operation.type", type);
	return name;
}

void amqp_describe_request(const struct message *message, const struct exchange *exchange,
			   struct span *span, struct arena *arena)
{
	const struct amqp_fields *fields = fields_of(message);
	struct exchange facing = *exchange;
	const char *name;

	span->origin = "auto.queue.ebpf";
	attribute_set_static(&span->attributes, arena, "messaging.system", "rabbitmq");
	name = describe_operation(fields, exchange->is_server, span, arena);
	describe_destination(fields, name, span, arena);
	describe_message(fields, span, arena);
	/* Who receives a delivery is still the broker's client. */
	if (fields->method == AMQP_BASIC_DELIVER)
		facing.is_server = !exchange->is_server;
	endpoint_describe_server(&facing, span, arena);
	endpoint_describe(&facing, span, arena);
	attribute_set_static(&span->attributes, arena, "network.protocol.name", "amqp");
	attribute_set_static(&span->attributes, arena, "network.protocol.version", "0.9.1");
}

static void describe_failure(const struct amqp_fields *fields, struct span *span,
			     struct arena *arena)
{
	const char *name = amqp_method_reply_name(fields->reply_code);
	char number[8];

	if (fields->is_nack)
		name = "basic.nack";
	snprintf(number, sizeof(number), "%u", fields->reply_code);
	span->status = STATUS_ERROR;
	attribute_set_string(&span->attributes, arena, "error.type",
			     view_of_text(name ? name : number));
}

void amqp_describe_response(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena)
{
	struct amqp_fields fields = *fields_of(message);

	(void)exchange;
	if (fields.is_nack || fields.reply_code) {
		describe_failure(&fields, span, arena);
		return;
	}
	if (fields.method == AMQP_BASIC_GET && fields.has_body_size) {
		fields.queue = attribute_string(&span->attributes, "messaging.destination.name");
		describe_destination(&fields, "get", span, arena);
		describe_message(&fields, span, arena);
	} else if (fields.method == AMQP_QUEUE_DECLARE && fields.queue.size) {
		/* The server made up a name, or says the one that was asked for. */
		describe_destination(&fields, "queue.declare", span, arena);
	}
}
