/* What a snapshot shares is let go with it, once. */
#include "screen_golden.h"

static void references(void **state)
{
	struct live_trace *trace;
	struct item *crash;

	(void)state;
	sample_screen_begin();
	trace = live_traces_reference(sample_snapshot.traces[LIVE_LATEST][0]);
	crash = item_reference(sample_snapshot.crashes[0]);
	assert_true(trace->references >= 2);
	screen_snapshot_done(&sample_snapshot);
	assert_int_equal(trace->references, 1);
	assert_int_equal(crash->references, 1);
	assert_int_equal(sample_snapshot.crashes_count, 0);
	screen_snapshot_done(&sample_snapshot);
	live_traces_release(&trace);
	item_release(&crash);
	assert_null(trace);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
