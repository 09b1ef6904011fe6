/* Retry-After: seconds, the three forms of an HTTP-date, and what servers should not send. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "exporters/http_retry_after.h"

/* Sun, 06 Nov 1994 08:49:37 GMT */
#define DATE_SECONDS 784111777ull

static uint64_t parse_at(const char *text, uint64_t now_seconds)
{
	return http_retry_after_parse(view_of_text(text), now_seconds * NS_PER_S);
}

static void seconds(void **state)
{
	(void)state;
	assert_int_equal(parse_at("0", DATE_SECONDS), 0);
	assert_int_equal(parse_at("7", DATE_SECONDS), 7 * NS_PER_S);
	assert_int_equal(parse_at(" 120 ", DATE_SECONDS), 120 * NS_PER_S);
	assert_int_equal(parse_at("3600", DATE_SECONDS), MAX_RETRY_AFTER_NS);
	assert_int_equal(parse_at("3601", DATE_SECONDS), MAX_RETRY_AFTER_NS);
	assert_int_equal(parse_at("18446744073709551615", DATE_SECONDS), MAX_RETRY_AFTER_NS);
	assert_int_equal(parse_at("99999999999999999999999", DATE_SECONDS), MAX_RETRY_AFTER_NS);
}

static void dates(void **state)
{
	static const char *const forms[] = {
		"Sun, 06 Nov 1994 08:49:37 GMT",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_int_equal(parse_at(forms[i], DATE_SECONDS - 90), 90 * NS_PER_S);
		assert_int_equal(parse_at(forms[i], DATE_SECONDS - 100000), MAX_RETRY_AFTER_NS);
		assert_int_equal(parse_at(forms[i], DATE_SECONDS), 0);
		assert_int_equal(parse_at(forms[i], DATE_SECONDS + 5), 0);
	}
}

static void nonsense(void **state)
{
	(void)state;
	assert_int_equal(parse_at("", 1), 0);
	assert_int_equal(parse_at("soon", 1), 0);
	assert_int_equal(parse_at("-5", 1), 0);
	assert_int_equal(parse_at("Sun, 06 Nov 1994 08:49:37 GMT and a long tail after it", 1), 0);
	assert_int_equal(http_retry_after_parse((struct view){0}, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seconds),
		cmocka_unit_test(dates),
		cmocka_unit_test(nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
