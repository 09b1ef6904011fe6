/* The tab of traces: its three lists, and a trace that is open. */
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
	sample_screen_keys("2");
	assert_screens("traces");
	sample_screen_keys("v");
	assert_screens("traces-slowest");
	sample_screen_keys("jj");
	(void)screen_state_take(&sample_state, &sample_snapshot, KEY_OF_ENTER);
	assert_screens("traces-open");
	(void)screen_state_take(&sample_state, &sample_snapshot, KEY_OF_ESCAPE);
	sample_screen_keys("v");
	assert_screens("traces-failed");
}

static void nothing(void **state)
{
	struct screen_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	(void)state;
	assert_string_equal(screen_traces_tab.empty(snapshot),
			    "No traces yet. One appears here when its last request has ended.");
	snapshot->traces_seen_count = 3;
	assert_string_equal(screen_traces_tab.empty(snapshot),
			    "None has failed. (v) shows the latest and the slowest.");
	assert_int_equal(screen_traces_tab.badge(snapshot), 3);
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
