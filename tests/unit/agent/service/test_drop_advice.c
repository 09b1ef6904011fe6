/* Every reason says what to do, in a line of its own that names no option that does not exist. */
#include "service/drop_advice.h"

#include "base/drops.h"
#include "cmocka_test.h"
#include "settings/option_table.h"

static void test_all(void **state)
{
	const char *unknown = drop_advice_for(DROP_REASONS_COUNT);

	(void)state;
	assert_non_null(strstr(unknown, "deploy/README.md"));
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++) {
		const char *advice = drop_advice_for((enum drop_reason)reason);

		if (strcmp(advice, unknown) == 0)
			fail_msg("%s has no advice: add a row to drop_advice.c",
				 drops_name((enum drop_reason)reason));
		assert_true(strlen(advice) < 90);
	}
}

static void test_options(void **state)
{
	(void)state;
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++) {
		const char *at = drop_advice_for((enum drop_reason)reason);

		while ((at = strstr(at, "--"))) {
			size_t size = strspn(at + 2, "abcdefghijklmnopqrstuvwxyz-");

			if (!option_table_find_name(view_of(at + 2, size)))
				fail_msg("no such option: %s", at);
			at += 2 + size;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
