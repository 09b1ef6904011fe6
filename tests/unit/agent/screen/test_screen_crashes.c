/* The tab of crashes, and a crash that is open. */
#include "screen_golden.h"

static int begin(void **state)
{
	(void)state;
	sample_screen_begin();
	return 0;
}

static int end(void **state)
{
	(void)state;
	sample_screen_end();
	return 0;
}

static void screens(void **state)
{
	(void)state;
	sample_screen_keys("3");
	assert_screens("crashes");
	sample_screen_keys("j");
	(void)screen_state_take(&sample_state, &sample_snapshot, KEY_OF_ENTER);
	assert_screens("crashes-open");
	(void)screen_state_take(&sample_state, &sample_snapshot, KEY_OF_END);
	assert_screens("crashes-open-end");
}

static void nothing(void **state)
{
	struct screen_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	(void)state;
	assert_string_equal(screen_crashes_tab.empty(snapshot),
			    "Nothing has crashed, and no exception was told.");
	snapshot->facts.is_over = true;
	assert_string_equal(screen_crashes_tab.empty(snapshot),
			    "Nothing crashed, and no exception was told.");
	free(snapshot);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(screens, begin, end),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
