/* The only request open on a context, or none: every doubt gives none. */
#include "cmocka_test.h"

#include "tracing/context_table.h"

static struct context_table *table;
static struct open_segment segments[8];

static int begin(void **state)
{
	(void)state;
	assert_int_equal(context_table_new(&table, 4), 0);
	memset(segments, 0, sizeof(segments));
	for (int i = 0; i < 8; i++)
		segments[i].tgid = 100;
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++)
		context_table_leave(table, &segments[i]);
	context_table_free(&table);
	return 0;
}

static struct open_segment *enter(int i, uint64_t context)
{
	segments[i].context = context;
	context_table_enter(table, &segments[i]);
	return &segments[i];
}

static void one_at_a_time(void **state)
{
	(void)state;
	assert_null(context_table_only(table, 7, 100));
	enter(0, 7);
	assert_ptr_equal(context_table_only(table, 7, 100), &segments[0]);
	assert_null(context_table_only(table, 8, 100));
	assert_null(context_table_only(table, 7, 101)); /* the same goroutine address elsewhere */
	context_table_leave(table, &segments[0]);
	assert_null(context_table_only(table, 7, 100));
	context_table_leave(table, &segments[0]);
}

static void answered_ones_do_not_count_on_a_thread(void **state)
{
	(void)state;
	enter(0, 7)->has_responded = true;
	enter(1, 7);
	assert_ptr_equal(context_table_only(table, 7, 100), &segments[1]);
	segments[1].has_responded = true;
	assert_null(context_table_only(table, 7, 100));
}

static void an_event_loop_is_remembered(void **state)
{
	(void)state;
	assert_false(context_table_is_loop(table, 7, 100));
	enter(0, 7);
	assert_false(context_table_is_loop(table, 7, 100));
	enter(1, 7);
	assert_true(context_table_is_loop(table, 7, 100));
	assert_false(context_table_is_loop(table, 7, 101));
	assert_null(context_table_only(table, 7, 100));
	segments[0].has_responded = true;
	assert_null(context_table_only(table, 7, 100));
	context_table_leave(table, &segments[0]);
	assert_ptr_equal(context_table_only(table, 7, 100), &segments[1]);
	context_table_leave(table, &segments[1]);
	assert_true(context_table_is_loop(table, 7, 100));
	/* Later, with nothing but an answered one besides: still a loop. */
	enter(2, 7)->has_responded = true;
	enter(3, 7);
	assert_null(context_table_only(table, 7, 100));
}

static void the_latest_pause(void **state)
{
	const struct open_segment *segment = enter(0, 7);

	(void)state;
	context_table_move(table, segment, 1000000000);
	assert_int_equal(context_table_pause(table, 7, 100).end_ns, 0);
	context_table_move(table, segment, 1050000000);
	context_table_move(table, segment, 1099999999);
	context_table_move(table, segment, 1020000000); /* late, and nothing new */
	assert_int_equal(context_table_pause(table, 7, 100).start_ns, 1000000000);
	assert_int_equal(context_table_pause(table, 7, 100).end_ns, 1050000000);
	context_table_move(table, segment, 1200000000);
	assert_int_equal(context_table_pause(table, 7, 100).start_ns, 1099999999);
	assert_int_equal(context_table_pause(table, 8, 100).end_ns, 0);
}

static void left_in_any_order(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		enter(i, 7);
	context_table_leave(table, &segments[1]);
	context_table_leave(table, &segments[3]);
	context_table_leave(table, &segments[0]);
	assert_ptr_equal(context_table_only(table, 7, 100), &segments[2]);
}

static void distrusted_processes(void **state)
{
	(void)state;
	enter(0, 7);
	context_table_distrust(table, 100);
	context_table_distrust(table, 100);
	assert_null(context_table_only(table, 7, 100));
	context_table_process_exited(table, 100);
	assert_ptr_equal(context_table_only(table, 7, 100), &segments[0]);
}

static void by_header(void **state)
{
	struct trace_context header = {.trace_id = {1}, .parent_span_id = {2}};

	(void)state;
	enter(0, 7);
	enter(1, 7);
	assert_null(context_table_with_header(table, 7, 100, &header));
	segments[0].has_header = true;
	segments[0].header = header;
	assert_ptr_equal(context_table_with_header(table, 7, 100, &header), &segments[0]);
	segments[1].has_header = true;
	segments[1].header = header;
	segments[1].header.parent_span_id[0] = 3;
	assert_ptr_equal(context_table_with_header(table, 7, 100, &header), &segments[0]);
	segments[1].header = header;
	assert_null(context_table_with_header(table, 7, 100, &header));
}

static void more_contexts_than_room(void **state)
{
	(void)state;
	enter(0, 1);
	for (int i = 1; i < 6; i++) {
		enter(i, 10 + (uint64_t)i);
		if (i > 1)
			context_table_leave(table, &segments[i]);
	}
	/* Who is open stays, the idle made room. */
	assert_ptr_equal(context_table_only(table, 1, 100), &segments[0]);
	assert_ptr_equal(context_table_only(table, 11, 100), &segments[1]);
	enter(2, 20);
	enter(3, 21);
	enter(4, 22);
	enter(5, 23);
	context_table_leave(table, &segments[5]);
	assert_ptr_equal(context_table_only(table, 1, 100), &segments[0]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_at_a_time, begin, end),
		cmocka_unit_test_setup_teardown(answered_ones_do_not_count_on_a_thread, begin, end),
		cmocka_unit_test_setup_teardown(an_event_loop_is_remembered, begin, end),
		cmocka_unit_test_setup_teardown(the_latest_pause, begin, end),
		cmocka_unit_test_setup_teardown(left_in_any_order, begin, end),
		cmocka_unit_test_setup_teardown(distrusted_processes, begin, end),
		cmocka_unit_test_setup_teardown(by_header, begin, end),
		cmocka_unit_test_setup_teardown(more_contexts_than_room, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
