/* Golden attributes of AMQP spans. */
#include "cmocka_test.h"
#include "sample_exchange.h"

#include "protocols/amqp/amqp_describe.h"
#include "protocols/amqp/amqp_fields.h"

static void assert_span(const struct amqp_fields *fields, bool is_server, enum span_kind kind,
			const char *operation, const char *name_and_attributes)
{
	struct message message = {.kind = MESSAGE_REQUEST};
	struct sample_exchange s;
	char text[20000];

	memcpy(message.fields, fields, sizeof(*fields));
	sample_exchange_init(&s, is_server);
	/* The traced process is the client, or of a delivery the one that receives it. */
	sample_exchange_addresses(&s, FAMILY_IPV4, "10.0.0.1", 40000, "10.0.0.2", 5672);
	amqp_describe_request(&message, &s.exchange, &s.span, &s.arena);
	snprintf(text, sizeof(text), "%.*s\n%s", VIEW_FORMAT(s.span.name),
		 sample_exchange_print(&s));
	assert_string_equal(text, name_and_attributes);
	assert_int_equal(s.span.kind, kind);
	assert_string_equal(s.span.operation, operation);
	assert_string_equal(s.span.origin, "auto.queue.ebpf");
	arena_done(&s.arena);
}

#define CLIENT_ENDS                                                                                \
	"server.address=10.0.0.2\nserver.port=5672\nnetwork.peer.address=10.0.0.2\n"               \
	"network.peer.port=5672\nnetwork.local.address=10.0.0.1\nnetwork.local.port=40000\n"       \
	"network.protocol.name=amqp\nnetwork.protocol.version=0.9.1\n"

static void describes_messages(void **state)
{
	struct amqp_fields publish = {.method = AMQP_BASIC_PUBLISH,
				      .exchange = VIEW_LITERAL("logs"),
				      .routing_key = VIEW_LITERAL("a\nb"),
				      .message_id = VIEW_LITERAL("m-1"),
				      .correlation_id = VIEW_LITERAL("c-1"),
				      .delivery_tag = 7,
				      .body_size = 12,
				      .has_body_size = true};
	struct amqp_fields deliver = {.method = AMQP_BASIC_DELIVER,
				      .exchange = VIEW_LITERAL("logs"),
				      .routing_key = VIEW_LITERAL("k"),
				      .queue = VIEW_LITERAL("amq.gen-x"),
				      .delivery_tag = 1};

	(void)state;
	assert_span(
		&publish, false, SPAN_PRODUCER, "queue.publish",
		"publish logs:a b\nmessaging.system=rabbitmq\nmessaging.operation.name=publish\n"
		"messaging.operation.type=send\nmessaging.destination.name=logs:a b\n"
		"messaging.rabbitmq.destination.routing_key=a b\n"
		"messaging.rabbitmq.message.delivery_tag=7\nmessaging.message.body.size=12\n"
		"messaging.message.id=m-1\nmessaging.message.conversation_id=c-1\n" CLIENT_ENDS);
	assert_span(
		&deliver, true, SPAN_CONSUMER, "queue.process",
		"process logs:k\nmessaging.system=rabbitmq\nmessaging.operation.name=process\n"
		"messaging.operation.type=process\nmessaging.destination.name=logs:k:amq.gen-x\n"
		"messaging.destination.anonymous=1\nmessaging.destination.temporary=1\n"
		"messaging.rabbitmq.destination.routing_key=k\n"
		"messaging.rabbitmq.message.delivery_tag=1\n" CLIENT_ENDS);
}

static void describes_the_broker(void **state)
{
	struct amqp_fields publish = {.method = AMQP_BASIC_PUBLISH};
	struct amqp_fields deliver = {.method = AMQP_BASIC_DELIVER,
				      .routing_key = VIEW_LITERAL("q"),
				      .queue = VIEW_LITERAL("q")};

	(void)state;
	assert_span(&publish, true, SPAN_SERVER, "queue.publish",
		    "publish amq.default\nmessaging.system=rabbitmq\n"
		    "messaging.operation.name=publish\nmessaging.operation.type=send\n"
		    "messaging.destination.name=amq.default\nserver.address=10.0.0.1\n"
		    "server.port=40000\nnetwork.peer.address=10.0.0.2\nnetwork.peer.port=5672\n"
		    "client.address=10.0.0.2\nnetwork.local.address=10.0.0.1\n"
		    "network.local.port=40000\nnetwork.protocol.name=amqp\n"
		    "network.protocol.version=0.9.1\n");
	assert_span(&deliver, false, SPAN_CLIENT, "queue.publish",
		    "deliver q\nmessaging.system=rabbitmq\nmessaging.operation.name=deliver\n"
		    "messaging.operation.type=send\nmessaging.destination.name=q\n"
		    "messaging.rabbitmq.destination.routing_key=q\nserver.address=10.0.0.1\n"
		    "server.port=40000\nnetwork.peer.address=10.0.0.2\nnetwork.peer.port=5672\n"
		    "client.address=10.0.0.2\nnetwork.local.address=10.0.0.1\n"
		    "network.local.port=40000\nnetwork.protocol.name=amqp\n"
		    "network.protocol.version=0.9.1\n");
}

static void describes_calls(void **state)
{
	struct amqp_fields bind = {.method = AMQP_EXCHANGE_BIND, .exchange = VIEW_LITERAL("logs")};
	struct amqp_fields qos = {.method = AMQP_ID(60, 10)};

	(void)state;
	assert_span(&bind, false, SPAN_CLIENT, "queue",
		    "exchange.bind logs\nmessaging.system=rabbitmq\n"
		    "messaging.operation.name=exchange.bind\n"
		    "messaging.destination.name=logs\n" CLIENT_ENDS);
	assert_span(&qos, false, SPAN_CLIENT, "queue",
		    "basic.qos\nmessaging.system=rabbitmq\n"
		    "messaging.operation.name=basic.qos\n" CLIENT_ENDS);
}

static void assert_answer(const struct amqp_fields *request, const struct amqp_fields *answer,
			  const char *name, const char *destination, const char *error)
{
	struct message message = {.kind = MESSAGE_REQUEST};
	struct sample_exchange s;

	sample_exchange_init(&s, false);
	memcpy(message.fields, request, sizeof(*request));
	amqp_describe_request(&message, &s.exchange, &s.span, &s.arena);
	message.kind = MESSAGE_RESPONSE;
	memcpy(message.fields, answer, sizeof(*answer));
	amqp_describe_response(&message, &s.exchange, &s.span, &s.arena);
	assert_view(s.span.name, name);
	assert_view(attribute_string(&s.span.attributes, "messaging.destination.name"),
		    destination);
	assert_view(attribute_string(&s.span.attributes, "error.type"), error);
	assert_int_equal(s.span.status, *error ? STATUS_ERROR : STATUS_UNSET);
	arena_done(&s.arena);
}

static void describes_answers(void **state)
{
	struct amqp_fields declare = {.method = AMQP_QUEUE_DECLARE};
	struct amqp_fields declared = {.method = AMQP_QUEUE_DECLARE,
				       .queue = VIEW_LITERAL("amq.gen-1")};
	struct amqp_fields get = {.method = AMQP_BASIC_GET, .queue = VIEW_LITERAL("q")};
	struct amqp_fields got = {.method = AMQP_BASIC_GET,
				  .exchange = VIEW_LITERAL("logs"),
				  .routing_key = VIEW_LITERAL("k"),
				  .has_body_size = true};
	struct amqp_fields refused = {.method = AMQP_BASIC_GET, .reply_code = 403};
	struct amqp_fields unknown = {.method = AMQP_BASIC_GET, .reply_code = 999};
	struct amqp_fields nack = {.method = AMQP_BASIC_PUBLISH, .is_nack = true};

	(void)state;
	assert_answer(&declare, &declared, "queue.declare", "amq.gen-1", "");
	assert_answer(&get, &got, "get logs:k:q", "logs:k:q", "");
	assert_answer(&get, &refused, "get q", "q", "ACCESS_REFUSED");
	assert_answer(&get, &unknown, "get q", "q", "999");
	assert_answer(&get, &nack, "get q", "q", "basic.nack");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(describes_messages),
		cmocka_unit_test(describes_the_broker),
		cmocka_unit_test(describes_calls),
		cmocka_unit_test(describes_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
