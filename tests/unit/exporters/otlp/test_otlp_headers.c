/* OTEL_EXPORTER_OTLP_HEADERS: what is taken, what is refused, and that no secret shows. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "exporters/otlp/otlp_headers.h"

static void good_lists(void **state)
{
	struct otlp_headers headers;
	char error[256] = "";

	(void)state;
	assert_int_equal(otlp_headers_parse(&headers,
					    "api-key=abc%3D, X-Scope = a%20b%2c c ,,authorization=Basic%20eA==,empty=,", error,
					    sizeof(error)),
			 0);
	assert_int_equal(headers.count, 4);
	assert_string_equal(headers.lines[0], "api-key: abc=");
	assert_string_equal(headers.lines[1], "X-Scope: a b, c");
	assert_string_equal(headers.lines[2], "authorization: Basic eA==");
	assert_string_equal(headers.lines[3], "empty: ");
	assert_null(headers.lines[4]);
	otlp_headers_done(&headers);
	assert_int_equal(otlp_headers_parse(&headers, NULL, error, sizeof(error)), 0);
	assert_int_equal(headers.count, 0);
	assert_int_equal(otlp_headers_parse(&headers, "", error, sizeof(error)), 0);
	assert_int_equal(headers.count, 0);
	assert_string_equal(error, "");
}

static void refuse(const char *text, const char *expected)
{
	struct otlp_headers headers;
	char error[256] = "";

	assert_int_equal(otlp_headers_parse(&headers, text, error, sizeof(error)), -EINVAL);
	assert_string_equal(error, expected);
}

static void bad_lists(void **state)
{
	(void)state;
	refuse("ok=1,secret", "OTLP headers: the entry '' has no '='; write name=value");
	refuse("a b=secret", "OTLP headers: the entry 'a b' has a name that is not a header name");
	refuse("=secret", "OTLP headers: the entry '' has a name that is not a header name");
	refuse("ke\033y=secret", "OTLP headers: the entry 'ke\\x1by' has a name that is not a header name");
	refuse("key=secret%0d%0aHost: evil", "OTLP headers: the entry 'key' has a control character in its value");
	refuse("key=secret\n", "OTLP headers: the entry 'key' has a control character in its value");
	refuse("key=%zz", "OTLP headers: the entry 'key' has a % that is not followed by two hex digits");
	refuse("key=secret%4", "OTLP headers: the entry 'key' has a % that is not followed by two hex digits");
	refuse("key=secret%", "OTLP headers: the entry 'key' has a % that is not followed by two hex digits");
	refuse("Content-Type=x", "OTLP headers: the entry 'Content-Type' is set by limpet itself; leave it out");
}

static void too_many(void **state)
{
	struct otlp_headers headers;
	char text[400] = "", error[256];

	(void)state;
	for (int i = 0; i < MAX_OTLP_HEADERS; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "k%d=v,", i);
	assert_int_equal(otlp_headers_parse(&headers, text, error, sizeof(error)), 0);
	assert_int_equal(headers.count, MAX_OTLP_HEADERS);
	assert_null(headers.lines[MAX_OTLP_HEADERS]);
	otlp_headers_done(&headers);
	strcat(text, "last=v");
	refuse(text, "OTLP headers: the entry 'last' is one too many; 32 are the most");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_lists),
		cmocka_unit_test(bad_lists),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
