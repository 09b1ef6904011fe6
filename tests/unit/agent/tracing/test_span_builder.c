/* Times, sizes and marks that every span gets, whatever the protocol; calls nobody parsed. */
#include "tracing_fixture.h"

#include "tracing/span_builder.h"

static struct segment *segment;
static struct span *span;
static struct told told;
static struct tracing_fixture unused;
static struct span_builder builder;

static int begin(void **state)
{
	struct resource *resource;

	(void)state;
	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(segment_new(&segment, resource), 0);
	resource_release(&resource);
	span = segment_add_span(segment);
	told_init(&unused, &told, true, 7, 1, 1000);
	told.exchange.request_tid = 4711;
	assert_int_equal(route_guesser_new(&builder.routes, 4, 10), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	segment_free(&segment);
	route_guesser_free(&builder.routes);
	return 0;
}

static int64_t integer(const char *key)
{
	const struct attribute *found = attribute_find(&span->attributes, key);

	return found ? found->integer : -1;
}

static void build_request(const char *head)
{
	struct message message;
	size_t consumed;

	assert_int_equal(protocol_http1.parse(MESSAGE_REQUEST, view_of_text(head), false,
					      told.pair_state, &message, &consumed),
			 PARSE_DONE);
	span_builder_begin(&builder, &told.exchange, &message, segment, span, 500);
}

static void a_server(void **state)
{
	(void)state;
	build_request("GET /orders/17 HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(span->kind, SPAN_SERVER);
	assert_int_equal(span->start_unix_ns, 1500);
	assert_int_equal(span->end_unix_ns, 1500);
	assert_view(span->name, "GET /orders/{id}");
	assert_view(attribute_string(&span->attributes, "http.route"), "/orders/{id}");
	assert_view(attribute_string(&span->attributes, "limpet.route.source"), "guessed");
	assert_int_equal(integer("thread.id"), 4711);
	told.exchange.response_start_ns = 1300;
	told.exchange.end_ns = 2000;
	told.exchange.request_bytes = 36;
	told.exchange.has_request_body_bytes = true;
	told.exchange.response_bytes = 500;
	told.exchange.response_body_bytes = 400;
	span_builder_finish(&told.exchange, segment, span, 500);
	assert_int_equal(span->end_unix_ns, 2500);
	assert_int_equal(integer("limpet.time_to_first_byte_ns"), 300);
	assert_int_equal(integer("http.request.size"), 36);
	assert_int_equal(integer("http.request.body.size"), 0);
	assert_int_equal(integer("http.response.size"), 500);
	assert_int_equal(integer("http.response.body.size"), -1); /* not exact: not said */
	assert_null(attribute_find(&span->attributes, "limpet.lossy"));
	assert_false(span->is_incomplete);
	assert_int_equal(span->status, STATUS_UNSET);
}

static void a_client_has_no_route(void **state)
{
	(void)state;
	told.exchange.is_server = false;
	build_request("GET /orders/17 HTTP/1.1\r\nHost: h\r\n\r\n");
	assert_int_equal(span->kind, SPAN_CLIENT);
	assert_view(span->name, "GET");
	assert_null(attribute_find(&span->attributes, "http.route"));
}

static void lossy_and_aborted(void **state)
{
	(void)state;
	build_request("GET / HTTP/1.1\r\n\r\n");
	told.exchange.is_lossy = true;
	told.exchange.is_aborted = true;
	told.exchange.end_ns = 10; /* before it began: no negative durations */
	span_builder_finish(&told.exchange, segment, span, 500);
	assert_int_equal(span->end_unix_ns, 1500);
	assert_true(attribute_find(&span->attributes, "limpet.lossy")->boolean);
	assert_true(span->is_incomplete);
	assert_int_equal(span->status, STATUS_ERROR);
	assert_view(attribute_string(&span->attributes, "error.type"), "connection_closed");
	assert_int_equal(integer("limpet.time_to_first_byte_ns"), -1);
}

/* Nobody answered in time; an answer that came and broke off says more. */
static void timed_out(void **state)
{
	(void)state;
	told.exchange.is_server = false;
	build_request("GET / HTTP/1.1\r\n\r\n");
	told.exchange.is_timed_out = true;
	span_builder_finish(&told.exchange, segment, span, 500);
	assert_null(attribute_find(&span->attributes, "error.type")); /* it goes with is_aborted */
	assert_int_equal(span->status, STATUS_UNSET);
	told.exchange.is_aborted = true;
	span_builder_finish(&told.exchange, segment, span, 500);
	assert_view(attribute_string(&span->attributes, "error.type"), "timeout");
	assert_int_equal(span->status, STATUS_ERROR);
	assert_true(span->is_incomplete);
	attribute_set_static(&span->attributes, &segment->arena, "error.type", "502");
	span_builder_finish(&told.exchange, segment, span, 500);
	assert_view(attribute_string(&span->attributes, "error.type"), "502");
}

static void calls_nobody_parsed(void **state)
{
	(void)state;
	told.exchange.protocol = NULL;
	told.exchange.is_server = false;
	told.connection.peer_port = 5432;
	span_builder_begin(&builder, &told.exchange, NULL, segment, span, 500);
	assert_view(span->name, "TCP :5432");
	assert_string_equal(span->operation, "tcp.client");
	assert_string_equal(span->origin, "auto.network.ebpf");
	assert_view(attribute_string(&span->attributes, "network.transport"), "tcp");
	told.exchange.request_bytes = 5;
	told.exchange.response_bytes = 6;
	told.exchange.end_ns = 2000;
	span_builder_respond(&told.exchange, NULL, segment, span);
	span_builder_finish(&told.exchange, segment, span, 500);
	assert_int_equal(integer("limpet.request.size"), 5);
	assert_int_equal(integer("limpet.response.size"), 6);
	assert_int_equal(integer("http.request.size"), -1);
	assert_null(attribute_find(&span->attributes, "tls.protocol.name"));
	told.connection.is_ciphertext = true;
	told.connection.tls.version = 0x0304;
	span_builder_begin(&builder, &told.exchange, NULL, segment, span, 500);
	assert_view(span->name, "TLS :5432");
	assert_view(attribute_string(&span->attributes, "tls.protocol.version"), "1.3");
	assert_view(attribute_string(&span->attributes, "network.transport"), "tcp");
	strcpy(told.connection.tls.server_name, "db.example");
	span_builder_begin(&builder, &told.exchange, NULL, segment, span, 500);
	assert_view(attribute_string(&span->attributes, "server.address"), "db.example");
	told.connection.is_ciphertext = false;
	told.connection.family = FAMILY_UNIX;
	span_builder_begin(&builder, &told.exchange, NULL, segment, span, 500);
	assert_view(span->name, "UNIX call");
	assert_string_equal(span->operation, "unix.client");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_server, begin, end),
		cmocka_unit_test_setup_teardown(a_client_has_no_route, begin, end),
		cmocka_unit_test_setup_teardown(lossy_and_aborted, begin, end),
		cmocka_unit_test_setup_teardown(timed_out, begin, end),
		cmocka_unit_test_setup_teardown(calls_nobody_parsed, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
