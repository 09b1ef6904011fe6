/* Bringing segments together, giving out what is quiet, and the bounds. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "sample_segment.h"
#include "overview/trace_collector.h"

static struct trace_collector *collector;

static int begin(void **state)
{
	(void)state;
	return trace_collector_new(&collector);
}

static int end(void **state)
{
	(void)state;
	trace_collector_free(&collector);
	return 0;
}

static void add(unsigned int trace, uint64_t now_ns)
{
	struct item *item = sample_item(1);

	memset(item->segment->trace_id, 0, TRACE_ID_BYTES);
	memcpy(item->segment->trace_id, &trace, sizeof(trace));
	assert_int_equal(trace_collector_add(collector, item, now_ns), 0);
	item_release(&item);
}

/* Which trace comes out, and with how many segments; -1: none. */
static int take(uint64_t until_ns, uint32_t *ret_count)
{
	struct collected_trace trace;
	unsigned int id;

	if (!trace_collector_take(collector, until_ns, UINT64_MAX, &trace))
		return -1;
	memcpy(&id, trace.items[0]->segment->trace_id, sizeof(id));
	*ret_count = trace.count;
	trace_collector_release(&trace);
	assert_null(trace.items);
	return (int)id;
}

static void test_quiet_traces_come_out_oldest_first(void **state)
{
	uint32_t count;

	(void)state;
	add(1, 100);
	add(2, 110);
	add(1, 120);
	add(3, 130);
	assert_int_equal(take(99, &count), -1);
	assert_int_equal(take(115, &count), 2);
	assert_int_equal(count, 1);
	assert_int_equal(take(115, &count), -1); /* 1 was heard of at 120 */
	assert_int_equal(take(120, &count), 1);
	assert_int_equal(count, 2);
	assert_int_equal(take(UINT64_MAX, &count), 3);
	assert_int_equal(take(UINT64_MAX, &count), -1);
}

/* The callee's segment is finished first; its caller, seen on this host, is still at work. */
static void test_a_callee_waits_for_its_caller(void **state)
{
	struct item *callee = sample_item(1), *caller = sample_item(1);
	struct span *root = segment_root(callee->segment);
	struct collected_trace trace;

	(void)state;
	memcpy(caller->segment->trace_id, callee->segment->trace_id, TRACE_ID_BYTES);
	root->parent_source = PARENT_CONNECTION;
	memcpy(root->parent_span_id, caller->segment->spans[1]->span_id, SPAN_ID_BYTES);
	assert_int_equal(trace_collector_add(collector, callee, 100), 0);
	assert_false(trace_collector_take(collector, 200, 99, &trace));
	assert_int_equal(trace_collector_add(collector, caller, 300), 0);
	assert_true(trace_collector_take(collector, 300, 99, &trace));
	assert_int_equal(trace.count, 2);
	trace_collector_release(&trace);
	/* It never comes: overdue. */
	assert_int_equal(trace_collector_add(collector, callee, 400), 0);
	assert_false(trace_collector_take(collector, 500, 399, &trace));
	assert_true(trace_collector_take(collector, 500, 400, &trace));
	assert_int_equal(trace.count, 1);
	trace_collector_release(&trace);
	item_release(&callee);
	item_release(&caller);
}

static void test_a_trace_that_never_ends_settles(void **state)
{
	uint32_t count;

	(void)state;
	for (uint64_t i = 0; i < MAX_TRACE_SEGMENTS + 20; i++)
		add(7, 1000 + i);
	assert_int_equal(take(1000 + MAX_TRACE_SEGMENTS, &count), 7);
	assert_int_equal(count, MAX_TRACE_SEGMENTS + 20);
}

static void test_bounds(void **state)
{
	uint32_t count;

	(void)state;
	for (unsigned int i = 0; i < MAX_PENDING_TRACES; i++)
		add(i, i);
	assert_false(trace_collector_is_full(collector));
	add(MAX_PENDING_TRACES, 9999);
	assert_true(trace_collector_is_full(collector));
	assert_int_equal(take(UINT64_MAX, &count), 0);
	assert_false(trace_collector_is_full(collector));
	while (take(UINT64_MAX, &count) >= 0)
		;
	for (int i = 0; i <= MAX_PENDING_SEGMENTS; i++)
		add(1, 1);
	assert_true(trace_collector_is_full(collector));
}

static void test_free_with_content(void **state)
{
	(void)state;
	add(1, 1);
	add(1, 2);
	add(2, 3);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_quiet_traces_come_out_oldest_first),
		CASE(test_a_callee_waits_for_its_caller),
		CASE(test_a_trace_that_never_ends_settles),
		CASE(test_bounds),
		CASE(test_free_with_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
