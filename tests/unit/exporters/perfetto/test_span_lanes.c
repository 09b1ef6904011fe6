/* Rows: what overlaps is never on the same one, whatever the order; there are only so many. */
#include "exporters/perfetto/span_lanes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static uint32_t take(struct lane_process *process, uint64_t start, uint64_t end)
{
	struct span span = {.start_unix_ns = start, .end_unix_ns = end};
	bool is_new;

	return span_lanes_take(process, &span, &is_new);
}

static void test_rows(void **state)
{
	struct span_lanes lanes;
	struct lane_process *process;
	bool is_new = false;

	(void)state;
	assert_int_equal(span_lanes_init(&lanes), 0);
	process = span_lanes_process(&lanes, 1, &is_new);
	assert_true(is_new);
	assert_int_equal(take(process, 100, 200), 0);
	assert_int_equal(take(process, 150, 250), 1);
	assert_int_equal(take(process, 200, 300), 0); /* begins where the first ended */
	assert_int_equal(take(process, 120, 310), 2); /* began before what is there ended */
	assert_int_equal(take(process, 250, 260), 1);
	assert_ptr_equal(span_lanes_process(&lanes, 1, &is_new), process);
	assert_false(is_new);
	assert_int_equal(take(span_lanes_process(&lanes, 2, &is_new), 100, 50), 0);
	span_lanes_done(&lanes);
}

static void test_no_row_left(void **state)
{
	struct span_lanes lanes;
	struct lane_process *process;
	bool is_new;

	(void)state;
	assert_int_equal(span_lanes_init(&lanes), 0);
	process = span_lanes_process(&lanes, 1, &is_new);
	for (uint32_t i = 0; i < MAX_SPAN_LANES; i++)
		assert_int_equal(take(process, 100, 200), i);
	assert_int_equal(take(process, 100, 200), NO_SPAN_LANE);
	assert_int_equal(take(process, 200, 300), 0);
	for (uint32_t pid = 2; pid <= MAX_LANE_PROCESSES; pid++)
		assert_non_null(span_lanes_process(&lanes, pid, &is_new));
	assert_null(span_lanes_process(&lanes, MAX_LANE_PROCESSES + 1, &is_new));
	span_lanes_done(&lanes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_row_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
