/* Attributes of memcached spans. */
#include "cmocka_test.h"

#include "base/arena.h"
#include "protocols/memcached/memcached_describe.h"

static void bounds_the_text_and_tells_the_server(void **state)
{
	struct connection_identity connection = {
		.family = FAMILY_IPV4, .peer_port = 11211, .peer_address = {10, 0, 0, 2}};
	struct exchange exchange = {.connection = &connection};
	struct message message = {.kind = MESSAGE_REQUEST};
	struct memcached_command *command = (struct memcached_command *)message.fields;
	struct span span = {.kind = 0};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 16);
	*command = (struct memcached_command){
		.name = "get", .operation = "cache.get", .argument_count = 40};
	memcached_describe_request(&message, &exchange, &span, &arena);
	assert_int_equal(span.kind, SPAN_CLIENT);
	assert_string_equal(span.operation, "cache.get");
	assert_string_equal(span.origin, "auto.cache.ebpf");
	assert_view(span.name, "get");
	assert_view(attribute_string(&span.attributes, "db.query.text"),
		    "get ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ? ...");
	assert_view(attribute_string(&span.attributes, "server.address"), "10.0.0.2");
	assert_null(attribute_find(&span.attributes, "cache.item_size"));
	arena_done(&arena);
}

static void tells_errors_and_hits(void **state)
{
	struct exchange exchange = {.is_server = true};
	struct message message = {.kind = MESSAGE_RESPONSE};
	struct memcached_answer *said = (struct memcached_answer *)message.fields;
	struct span span = {.kind = 0};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 16);
	memcached_describe_response(&message, &exchange, &span, &arena);
	assert_int_equal(span.attributes.count, 0);
	*said = (struct memcached_answer){.tells_hit = true, .hits = 2, .hit_bytes = 7};
	memcached_describe_response(&message, &exchange, &span, &arena);
	assert_true(attribute_find(&span.attributes, "cache.hit")->boolean);
	assert_int_equal(attribute_find(&span.attributes, "cache.item_size")->integer, 7);
	*said = (struct memcached_answer){.error = "ERROR"};
	memcached_describe_response(&message, &exchange, &span, &arena);
	assert_int_equal(span.status, STATUS_ERROR);
	assert_view(attribute_string(&span.attributes, "error.type"), "ERROR");
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_the_text_and_tells_the_server),
		cmocka_unit_test(tells_errors_and_hits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
