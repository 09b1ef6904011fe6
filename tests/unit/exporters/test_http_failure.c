/* The words for failures: host, cause, mend. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include "exporters/http_failure.h"

static void check(CURLcode code, int os_errno, const char *detail, const char *expected)
{
	struct http_failure failure = {
		.code = code, .os_errno = os_errno, .host = "otel.example:4318", .detail = detail, .timeout_ms = 10000};
	char text[256];

	http_failure_describe(&failure, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void texts(void **state)
{
	(void)state;
	check(CURLE_COULDNT_CONNECT, ECONNREFUSED, "Failed to connect",
	      "cannot send to otel.example:4318: Connection refused; check that a server listens there and no firewall is "
	      "between");
	check(CURLE_COULDNT_RESOLVE_HOST, 0, "",
	      "cannot send to otel.example:4318: the host name does not resolve; check the name and this machine's DNS");
	check(CURLE_OPERATION_TIMEDOUT, 0, "Operation timed out after 10001 milliseconds",
	      "cannot send to otel.example:4318: no answer within 10000 ms; check the network and the server, or raise the "
	      "timeout");
	check(CURLE_PEER_FAILED_VERIFICATION, 0, "self-signed certificate",
	      "cannot send to otel.example:4318: self-signed certificate; name the CA file that signed the server's "
	      "certificate");
	check(CURLE_HTTP2, 0, "a \033[31mred\r\n error", "cannot send to otel.example:4318: a \\x1b[31mred\\x0d\\x0a error");
	check(CURLE_HTTP2, 0, "", "cannot send to otel.example:4318: Error in the HTTP2 framing layer");
}

static void errnos(void **state)
{
	(void)state;
	assert_int_equal(http_failure_errno(CURLE_COULDNT_CONNECT), -ECONNREFUSED);
	assert_int_equal(http_failure_errno(CURLE_OPERATION_TIMEDOUT), -ETIMEDOUT);
	assert_int_equal(http_failure_errno(CURLE_GOT_NOTHING), -ECONNRESET);
	assert_int_equal(http_failure_errno(CURLE_HTTP2), -EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(errnos),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
