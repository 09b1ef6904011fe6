/*
 * Attributes of Kafka's spans (semantic conventions 1.44, docs/messaging/kafka.md): `send {topic}`,
 * `poll {topic}`, every other request by its own name. A topic is named where there is one only.
 */
#include "protocols/kafka/kafka_describe.h"

#include <stdio.h>
#include "base/arena.h"
#include "protocols/attribute_text.h"
#include "protocols/endpoint.h"
#include "protocols/kafka/kafka_fields.h"

#define MAX_NAME_BYTES      255
#define MEMBER_ID_REQUIRED  79 /* every group's first answer to a new member */
#define UNSUPPORTED_VERSION 35 /* an older broker's first answer to ApiVersions */

static const struct kafka_fields *fields_of(const struct message *message)
{
	return (const struct kafka_fields *)message->fields;
}

static bool is_fetch(const struct kafka_fields *fields)
{
	return fields->api == KAFKA_FETCH || fields->api == KAFKA_SHARE_FETCH;
}

static const char *operation_name(const struct kafka_fields *fields)
{
	const char *name = kafka_api_name(fields->api);

	if (fields->api == KAFKA_PRODUCE)
		return "send";
	if (is_fetch(fields))
		return "poll";
	return name ? name : "request";
}

static void describe_operation(const struct kafka_fields *fields, bool is_server, struct span *span,
			       struct arena *arena)
{
	const char *type = NULL;

	span->kind = is_server ? SPAN_SERVER : SPAN_CLIENT;
	span->operation = "queue";
	if (fields->api == KAFKA_PRODUCE) {
		type = "send";
		span->kind = is_server ? SPAN_SERVER : SPAN_PRODUCER;
		span->operation = "queue.publish";
	} else if (is_fetch(fields)) {
		type = "receive";
		span->operation = "queue.receive";
	} else if (fields->api == KAFKA_OFFSET_COMMIT || fields->api == KAFKA_SHARE_ACKNOWLEDGE) {
		type = "settle";
	}
	attribute_set_static(&span->attributes, arena, "messaging.operation.name",
			     operation_name(fields));
	if (type)
		attribute_set_static(&span->attributes, arena, "messaging.operation.type", type);
}

static void describe_destination(const struct kafka_fields *fields, struct span *span,
				 struct arena *arena)
{
	struct view word = view_of_text(operation_name(fields));
	char buffer[3 * MAX_NAME_BYTES];
	struct view topic;

	if (fields->topic.size) {
		attribute_text_set(&span->attributes, arena, "messaging.destination.name",
				   fields->topic, MAX_NAME_BYTES);
		topic = attribute_text_clean(view_take(fields->topic, MAX_NAME_BYTES), buffer,
					     sizeof(buffer));
		span->name = arena_join(arena, word, VIEW_LITERAL(" "), topic);
	} else if (!span->name.size) {
		span->name = arena_copy(arena, word);
	}
	if (fields->has_partition) {
		snprintf(buffer, sizeof(buffer), "%d", fields->partition);
		attribute_set_string(&span->attributes, arena, "messaging.destination.partition.id",
				     view_of_text(buffer));
	}
	if (fields->has_count)
		attribute_set_integer(&span->attributes, arena, "messaging.batch.message_count",
				      (int64_t)fields->count);
}

void kafka_describe_request(const struct message *message, const struct exchange *exchange,
			    struct span *span, struct arena *arena)
{
	const struct kafka_fields *fields = fields_of(message);

	span->origin = "auto.queue.ebpf";
	attribute_set_static(&span->attributes, arena, "messaging.system", "kafka");
	describe_operation(fields, exchange->is_server, span, arena);
	describe_destination(fields, span, arena);
	if (fields->group.size)
		attribute_text_set(&span->attributes, arena, "messaging.consumer.group.name",
				   fields->group, MAX_NAME_BYTES);
	if (fields->client_id.size)
		attribute_text_set(&span->attributes, arena, "messaging.client.id",
				   fields->client_id, MAX_NAME_BYTES);
	endpoint_describe_server(exchange, span, arena);
	endpoint_describe(exchange, span, arena);
	attribute_set_static(&span->attributes, arena, "network.protocol.name", "kafka");
}

/* The client asks again as it is told to: nothing went wrong. */
static bool is_part_of_talk(const struct kafka_fields *fields)
{
	return fields->error == MEMBER_ID_REQUIRED ||
	       (fields->api == KAFKA_API_VERSIONS && fields->error == UNSUPPORTED_VERSION);
}

void kafka_describe_response(const struct message *message, const struct exchange *exchange,
			     struct span *span, struct arena *arena)
{
	const struct kafka_fields *fields = fields_of(message);
	const char *name = kafka_api_error_name(fields->error);
	char number[8];

	(void)exchange;
	if (is_fetch(fields))
		describe_destination(fields, span, arena);
	if (!fields->error || is_part_of_talk(fields))
		return;
	snprintf(number, sizeof(number), "%d", fields->error);
	span->status = STATUS_ERROR;
	attribute_set_string(&span->attributes, arena, "error.type",
			     view_of_text(name ? name : number));
}
