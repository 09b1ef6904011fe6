/* The string table: each text once, the empty one too. */
#include "exporters/string_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>

static void test_once(void **state)
{
	struct string_table strings;
	char text[16] = "";

	(void)state;
	string_table_init(&strings);
	assert_int_equal(string_table_add(&strings, view_of_text("")), 0);
	for (int i = 0; i < 2000; i++) {
		(void)snprintf(text, sizeof(text), "%d", i % 1000);
		assert_int_equal(string_table_add(&strings, view_of_text(text)), i % 1000 + 1);
	}
	assert_int_equal(string_table_add(&strings, (struct view){0}), 0);
	assert_int_equal(strings.count, 1001);
	assert_memory_equal(strings.texts[1000].bytes, "999", 3);
	assert_false(strings.is_failed);
	string_table_done(&strings);
	string_table_done(&strings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_once)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
