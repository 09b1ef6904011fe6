/* Every row of the registry keeps the promises of protocol.h. */
#include "cmocka_test.h"

#include "protocols/protocol.h"

static void rows_are_whole(void **state)
{
	size_t count = 0;

	(void)state;
	for (; protocol_registry[count]; count++) {
		const struct protocol *protocol = protocol_registry[count];

		assert_non_null(protocol->name);
		assert_non_null(protocol->detect);
		assert_true(!protocol->parse == (protocol->conversation != NULL));
		assert_non_null(protocol->describe_request);
		assert_non_null(protocol->describe_response);
		assert_true(!protocol->parse_body == !protocol->body_state_size);
		assert_in_range(protocol->body_state_size, 0, PROTOCOL_BODY_STATE_BYTES);
	}
	assert_in_range(count, 1, 64);
	assert_string_equal(protocol_registry[0]->name, "http");
}

static void at_most_one_claims(void **state)
{
	static const char request[] = "GET / HTTP/1.1\r\n\r\n";
	size_t claims = 0;

	(void)state;
	for (size_t i = 0; protocol_registry[i]; i++)
		claims += protocol_registry[i]->detect(view_of_text(request)) == DETECT_REQUEST;
	assert_int_equal(claims, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(at_most_one_claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
