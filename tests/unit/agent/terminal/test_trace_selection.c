/* Which traces are shown when there are too many. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "base/clock.h"
#include "sample_segment.h"
#include "terminal/trace_selection.h"

static struct trace_selection selection;

static struct collected_trace make(uint64_t duration_ns, bool is_failed)
{
	struct collected_trace trace = {.items = malloc(sizeof(struct item *)), .count = 1};
	struct span *root;

	trace.items[0] = sample_item(1000);
	root = segment_root(trace.items[0]->segment);
	trace.items[0]->segment->spans_count = 1;
	root->end_unix_ns = root->start_unix_ns + duration_ns;
	root->status = is_failed ? STATUS_ERROR : STATUS_UNSET;
	return trace;
}

static bool offer(uint64_t duration_ns, bool is_failed)
{
	struct collected_trace trace = make(duration_ns, is_failed);
	bool is_shown = trace_selection_offer(&selection, &trace);

	assert_int_equal(trace.items != NULL, is_shown);
	trace_collector_release(&trace);
	return is_shown;
}

static uint64_t take(void)
{
	struct collected_trace trace;
	uint64_t duration_ns;

	if (!trace_selection_take(&selection, &trace))
		return 0;
	duration_ns = segment_root(trace.items[0]->segment)->end_unix_ns - 1000;
	trace_collector_release(&trace);
	return duration_ns;
}

static void test_failed_and_slowest_stay(void **state)
{
	(void)state;
	selection = (struct trace_selection){0};
	for (int i = 0; i < SELECTION_FIRST; i++)
		assert_true(offer(1, false));
	assert_false(offer(3, true));
	for (uint64_t i = 0; i < 30; i++)
		assert_false(offer(100 + i, false));
	assert_false(offer(2, true));
	assert_int_equal(selection.kept_count, SELECTION_BEST);
	assert_int_equal(take(), 3);
	for (uint64_t i = 0; i < SELECTION_BEST - 2; i++)
		assert_int_equal(take(), 122 + i); /* in order of arrival */
	assert_int_equal(take(), 2);
	assert_int_equal(take(), 0);
	assert_int_equal(trace_selection_close(&selection, 5), 32 - SELECTION_BEST);
	assert_int_equal(trace_selection_close(&selection, 5), 0);
	assert_true(offer(1, false));
}

static void test_window(void **state)
{
	(void)state;
	selection = (struct trace_selection){.window_start_ns = 10};
	assert_false(trace_selection_is_over(&selection, 10 + NS_PER_S - 1));
	assert_true(trace_selection_is_over(&selection, 10 + NS_PER_S));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failed_and_slowest_stay),
		cmocka_unit_test(test_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
