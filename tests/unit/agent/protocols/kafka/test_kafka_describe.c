/* Golden attributes of Kafka spans. */
#include "cmocka_test.h"
#include "sample_exchange.h"

#include "protocols/kafka/kafka_describe.h"
#include "protocols/kafka/kafka_fields.h"

static void assert_span(const struct kafka_fields *request, const struct kafka_fields *response,
			const char *name, enum span_kind kind, const char *attributes)
{
	struct message message = {.kind = MESSAGE_REQUEST};
	struct sample_exchange s;

	sample_exchange_init(&s, kind == SPAN_SERVER);
	memcpy(message.fields, request, sizeof(*request));
	kafka_describe_request(&message, &s.exchange, &s.span, &s.arena);
	message.kind = MESSAGE_RESPONSE;
	memcpy(message.fields, response, sizeof(*response));
	kafka_describe_response(&message, &s.exchange, &s.span, &s.arena);
	assert_view(s.span.name, name);
	assert_int_equal(s.span.kind, kind);
	assert_string_equal(sample_exchange_print(&s), attributes);
	assert_string_equal(s.span.origin, "auto.queue.ebpf");
	assert_int_equal(s.span.status, attribute_find(&s.span.attributes, "error.type")
						? STATUS_ERROR
						: STATUS_UNSET);
	arena_done(&s.arena);
}

static void describes_requests(void **state)
{
	struct kafka_fields send = {.api = KAFKA_PRODUCE,
				    .version = 9,
				    .client_id = VIEW_LITERAL("shop-1"),
				    .topic = VIEW_LITERAL("orders"),
				    .has_partition = true,
				    .partition = 3,
				    .has_count = true,
				    .count = 5};
	struct kafka_fields failed = {.api = KAFKA_PRODUCE, .error = 6};
	struct kafka_fields poll = {.api = KAFKA_FETCH, .version = 16};
	struct kafka_fields polled = {
		.api = KAFKA_FETCH, .topic = VIEW_LITERAL("orders"), .has_count = true};
	struct kafka_fields join = {
		.api = KAFKA_JOIN_GROUP, .version = 5, .group = VIEW_LITERAL("billing")};
	struct kafka_fields first = {.api = KAFKA_JOIN_GROUP, .error = 79};
	struct kafka_fields unknown = {.api = KAFKA_JOIN_GROUP, .error = 999};
	struct kafka_fields ask = {.api = KAFKA_API_VERSIONS, .version = 5};
	struct kafka_fields older = {.api = KAFKA_API_VERSIONS, .error = 35};

	(void)state;
	assert_span(&send, &failed, "send orders", SPAN_PRODUCER,
		    "messaging.system=kafka\nmessaging.operation.name=send\n"
		    "messaging.operation.type=send\nmessaging.destination.name=orders\n"
		    "messaging.destination.partition.id=3\nmessaging.batch.message_count=5\n"
		    "messaging.client.id=shop-1\nnetwork.protocol.name=kafka\n"
		    "error.type=NOT_LEADER_OR_FOLLOWER\n");
	assert_span(&poll, &polled, "poll orders", SPAN_CLIENT,
		    "messaging.system=kafka\nmessaging.operation.name=poll\n"
		    "messaging.operation.type=receive\nnetwork.protocol.name=kafka\n"
		    "messaging.destination.name=orders\nmessaging.batch.message_count=0\n");
	assert_span(&join, &first, "JoinGroup", SPAN_SERVER,
		    "messaging.system=kafka\nmessaging.operation.name=JoinGroup\n"
		    "messaging.consumer.group.name=billing\nnetwork.protocol.name=kafka\n");
	assert_span(&join, &unknown, "JoinGroup", SPAN_CLIENT,
		    "messaging.system=kafka\nmessaging.operation.name=JoinGroup\n"
		    "messaging.consumer.group.name=billing\nnetwork.protocol.name=kafka\n"
		    "error.type=999\n");
	/* The broker is older than the client, which asks again. */
	assert_span(&ask, &older, "ApiVersions", SPAN_CLIENT,
		    "messaging.system=kafka\nmessaging.operation.name=ApiVersions\n"
		    "network.protocol.name=kafka\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(describes_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
