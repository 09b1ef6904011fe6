/* Durations, sizes and rates at the edges of their units: never wider than their columns. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include "terminal/terminal_quantity.h"

static void assert_duration(uint64_t duration_ns, const char *expected)
{
	char text[QUANTITY_BYTES];

	assert_string_equal(terminal_quantity_duration(duration_ns, false, text), expected);
}

static void test_durations(void **state)
{
	char text[QUANTITY_BYTES];

	(void)state;
	assert_duration(0, "0 us");
	assert_duration(1499, "1 us");
	assert_duration(999499, "999 us");
	assert_duration(999500, "1.00 ms");
	assert_duration(9994999, "9.99 ms");
	assert_duration(9995000, "10.0 ms");
	assert_duration(12345678, "12.3 ms");
	assert_duration(99950000, "100 ms");
	assert_duration(999499999, "999 ms");
	assert_duration(999500000, "1.00 s");
	assert_duration(59949999999, "59.9 s");
	assert_duration(59950000000, "1m 00s");
	assert_duration(123000000000, "2m 03s");
	assert_duration(3600000000000, "1h 00m");
	assert_duration(UINT64_MAX, "> 999 h");
	assert_string_equal(terminal_quantity_duration(37000, true, text), "37 µs");
	for (uint64_t ns = 1; ns < UINT64_MAX / 2; ns += ns / 4 + 1)
		assert_true(strlen(terminal_quantity_duration(ns, false, text)) <= 8);
}

static void test_sizes(void **state)
{
	char text[QUANTITY_BYTES];

	(void)state;
	assert_string_equal(terminal_quantity_size(0, text), "0 B");
	assert_string_equal(terminal_quantity_size(999, text), "999 B");
	assert_string_equal(terminal_quantity_size(1000, text), "1.0 kB");
	assert_string_equal(terminal_quantity_size(12345, text), "12 kB");
	assert_string_equal(terminal_quantity_size(999499, text), "999 kB");
	assert_string_equal(terminal_quantity_size(999500, text), "1.0 MB");
	assert_string_equal(terminal_quantity_size(UINT64_MAX, text), "18 EB");
}

static void test_rates(void **state)
{
	char text[QUANTITY_BYTES];

	(void)state;
	assert_string_equal(terminal_quantity_rate(0.25, text), "0.25/s");
	assert_string_equal(terminal_quantity_rate(123.4, text), "123/s");
	assert_string_equal(terminal_quantity_rate(12345, text), "12.3k/s");
	assert_string_equal(terminal_quantity_rate(2.5e6, text), "2.50M/s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_rates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
