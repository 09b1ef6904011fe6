/* Words of a span's enums, as they stand in limpet.parent.source. */
#include "model/span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void test_parent_source_words(void **state)
{
	(void)state;
	assert_string_equal(span_parent_source_word(PARENT_HEADER), "header");
	assert_string_equal(span_parent_source_word(PARENT_CONNECTION), "connection");
	assert_string_equal(span_parent_source_word(PARENT_THREAD), "thread");
	assert_null(span_parent_source_word(PARENT_NONE));
	assert_null(span_parent_source_word((enum parent_source)99));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parent_source_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
