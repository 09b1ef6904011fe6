/* Which traces are on which list, in which order, and how many at most. */
#include "cmocka_test.h"

#include "overview/live_traces.h"
#include "sample_segment.h"

static struct live_traces traces;

static int end(void **state)
{
	(void)state;
	live_traces_done(&traces);
	assert_int_equal(traces.counts[LIVE_LATEST], 0);
	traces = (struct live_traces){0};
	return 0;
}

/* A trace of so many segments, the last of which ends `duration_ns` after the first began. */
static void add(uint64_t start_ns, uint64_t duration_ns, bool is_failed, uint32_t segments)
{
	struct collected_trace trace = {calloc(segments, sizeof(struct item *)), segments};

	for (uint32_t i = 0; i < segments; i++) {
		struct segment *segment = sample_segment(start_ns + (i ? 1 : 0));

		segment->spans_count = 1;
		segment->spans[0]->end_unix_ns = start_ns + duration_ns;
		segment->spans[0]->status = is_failed ? STATUS_ERROR : STATUS_UNSET;
		segment->spans[0]->name = i ? VIEW_LITERAL("below") : VIEW_LITERAL("GET /root");
		assert_int_equal(item_new_segment(&trace.items[i], &segment), 0);
	}
	assert_int_equal(live_traces_add(&traces, &trace), 0);
	assert_null(trace.items);
}

static void lists(void **state)
{
	(void)state;
	add(1000, 50, false, 2);
	add(2000, 70, true, 1);
	add(3000, 60, true, 3);
	add(4000, 70, false, 1);
	assert_int_equal(traces.counts[LIVE_LATEST], 4);
	assert_int_equal(traces.lists[LIVE_LATEST][0]->start_unix_ns, 4000);
	assert_int_equal(traces.lists[LIVE_LATEST][3]->start_unix_ns, 1000);
	assert_int_equal(traces.lists[LIVE_SLOWEST][0]->start_unix_ns, 2000); /* came first */
	assert_int_equal(traces.lists[LIVE_SLOWEST][1]->start_unix_ns, 4000);
	assert_int_equal(traces.lists[LIVE_SLOWEST][3]->duration_ns, 50);
	assert_int_equal(traces.counts[LIVE_FAILED], 2);
	assert_int_equal(traces.lists[LIVE_FAILED][0]->start_unix_ns, 3000);
	assert_int_equal(traces.lists[LIVE_FAILED][0]->errors_count, 3);
	assert_int_equal(traces.lists[LIVE_FAILED][0]->spans_count, 3);
	assert_view(operation_table_name(&traces.lists[LIVE_FAILED][0]->root), "GET /root");
	assert_int_equal(traces.seen_count, 4);
	assert_int_equal(traces.failed_count, 2);
	assert_int_equal(traces.segments_count, 7);
	assert_int_equal(traces.lists[LIVE_LATEST][0]->number, 3);
}

static void many(void **state)
{
	struct live_trace *kept;

	(void)state;
	for (uint32_t i = 0; i < 3 * MAX_LIVE_TRACES; i++)
		add(1000 + i, i < MAX_LIVE_TRACES ? 1000 - i : 10, i % 2, 1);
	assert_int_equal(traces.counts[LIVE_LATEST], MAX_LIVE_TRACES);
	assert_int_equal(traces.counts[LIVE_SLOWEST], MAX_LIVE_TRACES);
	assert_int_equal(traces.counts[LIVE_FAILED], MAX_LIVE_TRACES);
	assert_int_equal(traces.lists[LIVE_SLOWEST][0]->start_unix_ns, 1000);
	assert_int_equal(traces.lists[LIVE_SLOWEST][MAX_LIVE_TRACES - 1]->start_unix_ns, 1099);
	assert_int_equal(traces.lists[LIVE_FAILED][0]->start_unix_ns, 1299);
	/* 100 latest and slowest each; of the failed, 50 are among the latest. */
	assert_int_equal(traces.segments_count, 250);
	kept = live_traces_reference(traces.lists[LIVE_SLOWEST][0]);
	live_traces_done(&traces);
	assert_int_equal(kept->references, 1);
	assert_int_equal(kept->spans_count, 1);
	live_traces_release(&kept);
	live_traces_release(&kept);
}

static void large(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 60; i++)
		add(1000 + i, 100 + i, true, MAX_TRACE_SEGMENTS);
	assert_true(traces.segments_count <= MAX_LIVE_SEGMENTS);
	assert_true(traces.counts[LIVE_LATEST] >= 1);
	assert_int_equal(traces.lists[LIVE_LATEST][0]->start_unix_ns, 1059);
	assert_int_equal(traces.lists[LIVE_SLOWEST][0]->start_unix_ns, 1059);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(lists, end),
		cmocka_unit_test_teardown(many, end),
		cmocka_unit_test_teardown(large, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
