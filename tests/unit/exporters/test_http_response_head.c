/* Response heads line by line: hostile lengths, 1xx, several lines of one name. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include "base/clock.h"
#include "exporters/http_response_head.h"

static bool take(struct http_response *response, const char *line)
{
	return http_response_head_take(response, view_of_text(line));
}

static void fields(void **state)
{
	struct http_response response = {.status = 7};

	(void)state;
	assert_false(take(&response, "HTTP/1.1 429 Too Many Requests\r\n"));
	assert_int_equal(response.status, 429);
	assert_false(take(&response, "retry-AFTER:  17 \r\n"));
	assert_false(take(&response, "X-Sentry-Rate-Limits: 60:transaction:key\r\n"));
	assert_false(take(&response, "x-sentry-error: bad \033 dsn\r\n"));
	assert_false(take(&response, "X-Sentry-Errors: other\r\n"));
	assert_false(take(&response, "Retry-After\r\n"));
	assert_true(take(&response, "\r\n"));
	assert_int_equal(response.retry_after_ns, 17 * NS_PER_S);
	assert_string_equal(response.rate_limits, "60:transaction:key");
	assert_string_equal(response.sentry_error, "bad \\x1b dsn");
}

static void interim_starts_over(void **state)
{
	struct http_response response = {0};

	(void)state;
	(void)take(&response, "HTTP/1.1 100 Continue\r\n");
	(void)take(&response, "Retry-After: 5\r\n");
	assert_false(take(&response, "\r\n"));
	(void)take(&response, "HTTP/2 200 \r\n");
	assert_int_equal(response.status, 200);
	assert_int_equal(response.retry_after_ns, 0);
	assert_true(take(&response, "\r\n"));
}

static void malformed_status(void **state)
{
	struct http_response response = {0};

	(void)state;
	(void)take(&response, "HTTP/1.1 20x OK\r\n");
	assert_int_equal(response.status, 0);
	(void)take(&response, "HTTP/1.1 99999 OK\r\n");
	assert_int_equal(response.status, 0);
	(void)take(&response, "HTTP/1.1\r\n");
	assert_int_equal(response.status, 0);
	assert_false(take(&response, "\r\n"));
}

static void rate_limits_join(void **state)
{
	struct http_response response = {0};

	(void)state;
	(void)take(&response, "X-Sentry-Rate-Limits: 60:error\r\n");
	(void)take(&response, "X-Sentry-Rate-Limits: 5:span, 7:session\r\n");
	assert_string_equal(response.rate_limits, "60:error,5:span, 7:session");
}

static void rate_limits_are_cut_at_a_comma(void **state)
{
	char line[2048];

	(void)state;
	for (size_t entry_size = 1; entry_size < 700; entry_size++) {
		struct http_response response = {0};
		size_t used = (size_t)snprintf(line, sizeof(line), "X-Sentry-Rate-Limits: first,");

		memset(line + used, 'e', entry_size);
		snprintf(line + used + entry_size, sizeof(line) - used - entry_size, ",last\r\n");
		(void)take(&response, line);
		if (6 + entry_size + 5 <= sizeof(response.rate_limits) - 1)
			assert_int_equal(strlen(response.rate_limits), 6 + entry_size + 5);
		else if (6 + entry_size <= sizeof(response.rate_limits) - 1)
			assert_int_equal(strlen(response.rate_limits), 6 + entry_size);
		else
			assert_string_equal(response.rate_limits, "first");
		(void)take(&response, "X-Sentry-Rate-Limits: more\r\n");
		assert_true(strlen(response.rate_limits) < sizeof(response.rate_limits));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(interim_starts_over),
		cmocka_unit_test(malformed_status),
		cmocka_unit_test(rate_limits_join),
		cmocka_unit_test(rate_limits_are_cut_at_a_comma),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
