/* Whose counts they are, and which codes are errors. */
#include "protocols/websocket/websocket_describe.h"

#include "cmocka_test.h"

#include "base/arena.h"

static struct arena arena;
static struct span span;

static int begin(void **state)
{
	(void)state;
	memset(&span, 0, sizeof(span));
	arena_init(&arena, 1 << 16);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void describe(const struct websocket_totals *totals, bool is_server)
{
	struct connection_identity connection = {.family = FAMILY_IPV4,
						 .local_address = {10, 0, 0, 1},
						 .peer_address = {10, 0, 0, 2}};
	struct exchange exchange = {.connection = &connection, .is_server = is_server};
	struct message message;

	memcpy(message.fields, totals, sizeof(*totals));
	websocket_describe_request(&message, &exchange, &span, &arena);
	websocket_describe_response(&message, &exchange, &span, &arena);
}

static int64_t number(const char *key)
{
	const struct attribute *attribute = attribute_find(&span.attributes, key);

	return attribute ? attribute->integer : -1;
}

static void ends(void **state)
{
	struct websocket_totals totals = {.sides = {{1, 10}, {2, 20}}};

	(void)state;
	describe(&totals, false);
	assert_int_equal(span.kind, SPAN_CLIENT);
	assert_string_equal(span.operation, "websocket.client");
	assert_string_equal(span.origin, "auto.websocket.ebpf");
	assert_int_equal(number("limpet.websocket.messages.sent"), 1);
	assert_int_equal(number("limpet.websocket.bytes.received"), 20);
	assert_int_equal(number("limpet.websocket.close.code"), -1);
	assert_int_equal(span.status, STATUS_UNSET);
	assert_true(view_equals(attribute_string(&span.attributes, "server.address"),
				VIEW_LITERAL("10.0.0.2")));
	assert_int_equal(number("limpet.websocket.messages.received"), 2);
	describe(&totals, true);
	assert_int_equal(span.kind, SPAN_SERVER);
	assert_int_equal(number("limpet.websocket.messages.received"), 1);
	assert_true(view_equals(attribute_string(&span.attributes, "server.address"),
				VIEW_LITERAL("10.0.0.1")));
}

static void codes(void **state)
{
	static const struct {
		uint16_t code;
		bool is_error;
	} rows[] = {{1000, false}, {1001, false}, {1002, true},  {1005, false}, {1006, true},
		    {1011, true},  {1015, true},  {3000, false}, {4999, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct websocket_totals totals = {.close_code = rows[i].code};

		begin(NULL);
		describe(&totals, true);
		assert_int_equal(number("limpet.websocket.close.code"), rows[i].code);
		assert_int_equal(span.status, rows[i].is_error ? STATUS_ERROR : STATUS_UNSET);
		assert_int_equal(attribute_find(&span.attributes, "error.type") != NULL,
				 rows[i].is_error);
		end(NULL);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ends, begin, end),
		cmocka_unit_test(codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
