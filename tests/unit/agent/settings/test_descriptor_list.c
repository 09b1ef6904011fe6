/* Lists of descriptors: what is one, and what is not. */
#include "cmocka_test.h"

#include <errno.h>
#include "settings/descriptor_list.h"

static void lists(void **state)
{
	static const struct {
		const char *text;
		uint64_t mask;
	} rows[] = {
		{"off", 0},
		{"0", 1},
		{"1,2", 6},
		{"2,1,2", 6},
		{" 1 ,\t2 ", 6},
		{"63", 1ull << 63},
		{"0,63", 1ull << 63 | 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t mask = 99;

		assert_int_equal(descriptor_list_parse(view_of_text(rows[i].text), &mask), 0);
		assert_true(mask == rows[i].mask);
	}
}

static void no_lists(void **state)
{
	static const char *const rows[] = {
		"",    ",",   "1,", ",1",  "1,,2", "64",    "-1",    "+1",
		"1 2", "1;2", "on", "OFF", "0x1",  "1,off", "off,1", "18446744073709551616"};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t mask = 99;

		assert_int_equal(descriptor_list_parse(view_of_text(rows[i]), &mask), -EINVAL);
		assert_true(mask == 99);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(no_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
