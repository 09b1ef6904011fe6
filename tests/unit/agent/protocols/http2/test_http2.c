/* The row of HTTP/2 keeps the promises of protocol.h and conversation.h. */
#include "cmocka_test.h"

#include "protocols/conversation.h"
#include "protocols/http2/http2.h"

static void the_row(void **state)
{
	(void)state;
	assert_string_equal(protocol_http2.name, "http");
	assert_int_equal(protocol_http2.mode, CAPTURE_STREAM);
	assert_true(protocol_http2.is_http);
	assert_true(protocol_http2.conversation->is_keyed);
	assert_in_range(protocol_http2.conversation->session_size, 1, MAX_SESSION_BYTES);
	assert_int_equal(protocol_http2.detect(VIEW_LITERAL("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
			 DETECT_REQUEST);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(the_row)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
