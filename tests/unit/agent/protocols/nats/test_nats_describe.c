/* Both ends of publishing and of delivering. */
#include "cmocka_test.h"

#include "base/arena.h"
#include "protocols/nats/nats_describe.h"

static void check_kind(bool is_delivery, bool is_server, enum span_kind kind, const char *name)
{
	struct connection_identity connection = {.family = FAMILY_IPV4,
						 .peer_port = 5000,
						 .local_port = 4222,
						 .local_address = {10, 0, 0, 2},
						 .peer_address = {10, 0, 0, 1}};
	struct exchange exchange = {.connection = &connection, .is_server = is_server};
	struct message message = {.kind = MESSAGE_REQUEST};
	struct nats_fields *fields = (struct nats_fields *)message.fields;
	struct span span = {.kind = 0};
	struct arena arena;

	arena_init(&arena, 1 << 16);
	*fields = (struct nats_fields){
		.subject = VIEW_LITERAL("a"), .body_size = 7, .is_delivery = is_delivery};
	nats_describe_request(&message, &exchange, &span, &arena);
	nats_describe_response(&message, &exchange, &span, &arena);
	assert_int_equal(span.kind, kind);
	assert_view(span.name, name);
	assert_string_equal(span.origin, "auto.queue.ebpf");
	assert_view(attribute_string(&span.attributes, "messaging.destination.name"), "a");
	assert_view(attribute_string(&span.attributes, "server.address"),
		    is_delivery != is_server ? "10.0.0.2" : "10.0.0.1");
	arena_done(&arena);
}

static void tells_who_does_what(void **state)
{
	(void)state;
	check_kind(false, false, SPAN_PRODUCER, "publish a");
	check_kind(false, true, SPAN_SERVER, "publish a");
	check_kind(true, true, SPAN_CONSUMER, "process a");
	check_kind(true, false, SPAN_CLIENT, "deliver a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(tells_who_does_what)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
