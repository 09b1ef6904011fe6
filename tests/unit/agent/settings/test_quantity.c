/* Sizes, times and counts: every unit, every way to be wrong, and back to text. */
#include "settings/quantity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>

static uint64_t parse(enum quantity quantity, const char *text)
{
	uint64_t value = 4711;

	assert_int_equal(quantity_parse(quantity, view_of_text(text), &value), 0);
	return value;
}

static void refuse(enum quantity quantity, const char *text)
{
	uint64_t value = 4711;

	assert_int_equal(quantity_parse(quantity, view_of_text(text), &value), -EINVAL);
	assert_int_equal(value, 4711);
}

static void test_parse(void **state)
{
	(void)state;
	assert_int_equal(parse(QUANTITY_COUNT, "0"), 0);
	assert_int_equal(parse(QUANTITY_COUNT, "18446744073709551615"), UINT64_MAX);
	assert_int_equal(parse(QUANTITY_SIZE, "4096"), 4096);
	assert_int_equal(parse(QUANTITY_SIZE, "64KiB"), 65536);
	assert_int_equal(parse(QUANTITY_SIZE, "4 mib"), 4194304);
	assert_int_equal(parse(QUANTITY_SIZE, "2GiB"), 2147483648);
	assert_int_equal(parse(QUANTITY_DURATION, "250"), 250);
	assert_int_equal(parse(QUANTITY_DURATION, "250ms"), 250);
	assert_int_equal(parse(QUANTITY_DURATION, "10s"), 10000);
	assert_int_equal(parse(QUANTITY_DURATION, "5m"), 300000);
	assert_int_equal(parse(QUANTITY_DURATION, "2h"), 7200000);
}

static void test_refuse(void **state)
{
	static const char *const bad[] = {"",
					  " ",
					  "x",
					  "-1",
					  "+1",
					  "1.5",
					  "0x10",
					  "1 2",
					  "KiB",
					  " 1",
					  "1x",
					  "18446744073709551616",
					  "99999999999999999999999999"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		refuse(QUANTITY_COUNT, bad[i]);
		refuse(QUANTITY_SIZE, bad[i]);
		refuse(QUANTITY_DURATION, bad[i]);
	}
	refuse(QUANTITY_COUNT, "1KiB");
	refuse(QUANTITY_COUNT, "1 ");
	refuse(QUANTITY_COUNT, "1s");
	refuse(QUANTITY_SIZE, "1s");
	refuse(QUANTITY_SIZE, "1K");
	refuse(QUANTITY_SIZE, "1MB");
	refuse(QUANTITY_DURATION, "1KiB");
	refuse(QUANTITY_SIZE, "18014398509481984KiB"); /* 2^64 */
	assert_int_equal(quantity_parse(QUANTITY_COUNT, view_of("1\0", 2), &(uint64_t){0}),
			 -EINVAL);
}

static void test_format(void **state)
{
	static const struct {
		enum quantity quantity;
		uint64_t value;
		const char *text;
	} rows[] = {{QUANTITY_COUNT, 12, "12"},          {QUANTITY_SIZE, 0, "0"},
		    {QUANTITY_SIZE, 1000, "1000"},       {QUANTITY_SIZE, 65536, "64KiB"},
		    {QUANTITY_SIZE, 4194304, "4MiB"},    {QUANTITY_SIZE, 4195328, "4097KiB"},
		    {QUANTITY_DURATION, 0, "0"},         {QUANTITY_DURATION, 1500, "1500ms"},
		    {QUANTITY_DURATION, 5000, "5s"},     {QUANTITY_DURATION, 300000, "5m"},
		    {QUANTITY_DURATION, 86400000, "24h"}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[32];

		quantity_format(rows[i].quantity, rows[i].value, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
		assert_int_equal(parse(rows[i].quantity, text), rows[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
