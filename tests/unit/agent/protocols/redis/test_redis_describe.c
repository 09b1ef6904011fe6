/* Attributes of Redis spans, to the letter. */
#include "cmocka_test.h"

#include "base/arena.h"
#include "protocols/redis/redis.h"
#include "protocols/redis/redis_session.h"

static void tells_the_server(void **state)
{
	struct connection_identity connection = {
		.family = FAMILY_IPV4,
		.peer_port = 6379,
		.local_port = 40000,
		.peer_address = {10, 0, 0, 2},
		.local_address = {10, 0, 0, 1},
	};
	struct exchange exchange = {.connection = &connection};
	struct message message = {.kind = MESSAGE_REQUEST};
	struct redis_request_fields *fields = (struct redis_request_fields *)message.fields;
	struct span span = {.kind = 0};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 16);
	fields->name = "CONFIG GET";
	fields->argument_count = 1;
	fields->database = 3;
	protocol_redis.describe_request(&message, &exchange, &span, &arena);
	assert_view(span.name, "CONFIG GET");
	assert_int_equal(span.kind, SPAN_CLIENT);
	assert_string_equal(span.operation, "db.redis");
	assert_string_equal(span.origin, "auto.db.ebpf");
	assert_view(attribute_string(&span.attributes, "db.system.name"), "redis");
	assert_view(attribute_string(&span.attributes, "db.operation.name"), "CONFIG GET");
	assert_view(attribute_string(&span.attributes, "db.query.text"), "CONFIG GET ?");
	assert_view(attribute_string(&span.attributes, "db.namespace"), "3");
	assert_view(attribute_string(&span.attributes, "server.address"), "10.0.0.2");
	assert_int_equal(attribute_find(&span.attributes, "server.port")->integer, 6379);
	assert_view(attribute_string(&span.attributes, "network.peer.address"), "10.0.0.2");
	arena_done(&arena);
}

static void bounds_the_text(void **state)
{
	struct exchange exchange = {.is_server = true};
	struct message message = {.kind = MESSAGE_REQUEST};
	struct redis_request_fields *fields = (struct redis_request_fields *)message.fields;
	struct span span = {.kind = 0};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 16);
	fields->name = "MSET";
	fields->argument_count = 1000000;
	fields->database = -1;
	protocol_redis.describe_request(&message, &exchange, &span, &arena);
	assert_int_equal(span.kind, SPAN_SERVER);
	assert_view(attribute_string(&span.attributes, "db.query.text"),
		    "MSET ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ...");
	assert_null(attribute_find(&span.attributes, "db.namespace"));
	arena_done(&arena);
}

static void tells_errors(void **state)
{
	struct message message = {.kind = MESSAGE_RESPONSE};
	struct redis_answer_fields *fields = (struct redis_answer_fields *)message.fields;
	struct exchange exchange = {.is_server = true};
	struct span span = {.kind = 0};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 16);
	protocol_redis.describe_response(&message, &exchange, &span, &arena);
	assert_int_equal(span.attributes.count, 0);
	assert_int_equal(span.status, STATUS_UNSET);
	fields->is_error = true;
	fields->error = VIEW_LITERAL("WRONGTYPE");
	protocol_redis.describe_response(&message, &exchange, &span, &arena);
	assert_int_equal(span.status, STATUS_ERROR);
	assert_view(attribute_string(&span.attributes, "error.type"), "WRONGTYPE");
	assert_view(attribute_string(&span.attributes, "db.response.status_code"), "WRONGTYPE");
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_the_server),
		cmocka_unit_test(bounds_the_text),
		cmocka_unit_test(tells_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
