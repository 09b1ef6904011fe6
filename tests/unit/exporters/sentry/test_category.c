/* Category names, both ways. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "exporters/sentry/category.h"

static void finds_every_name(void **state)
{
	enum category found;

	(void)state;
	for (int i = 0; i < CATEGORIES_COUNT; i++) {
		assert_true(category_find(view_of_text(category_name((enum category)i)), &found));
		assert_int_equal(found, i);
	}
	assert_string_equal(category_name(CATEGORY_TRANSACTION), "transaction");
	assert_string_equal(category_name(CATEGORY_METRIC_BUCKET), "metric_bucket");
}

static void refuses_others(void **state)
{
	enum category found = CATEGORY_REPLAY;

	(void)state;
	assert_false(category_find(VIEW_LITERAL("transaction_indexed"), &found));
	assert_false(category_find(VIEW_LITERAL("Transaction"), &found));
	assert_false(category_find(VIEW_LITERAL(""), &found));
	assert_int_equal(found, CATEGORY_REPLAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_name),
		cmocka_unit_test(refuses_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
