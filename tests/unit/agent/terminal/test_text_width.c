/* Columns of single characters. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "terminal/text_width.h"

static void test_widths(void **state)
{
	(void)state;
	assert_int_equal(text_width_of(VIEW_LITERAL("a")), 1);
	assert_int_equal(text_width_of(VIEW_LITERAL("é")), 1);
	assert_int_equal(text_width_of(VIEW_LITERAL("→")), 1);
	assert_int_equal(text_width_of(VIEW_LITERAL("中")), 2);
	assert_int_equal(text_width_of(VIEW_LITERAL("한")), 2);
	assert_int_equal(text_width_of(VIEW_LITERAL("🚀")), 2);
	assert_int_equal(text_width_of(VIEW_LITERAL("\xcc\x81")), 0);     /* combining acute */
	assert_int_equal(text_width_of(VIEW_LITERAL("\xe2\x80\x8b")), 0); /* zero width space */
	assert_int_equal(text_width_of(VIEW_LITERAL("")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_widths)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
