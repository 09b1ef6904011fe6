/* What each key does, in front of a list, an open text, a filter and the help. */
#include "screen_golden.h"

static int begin(void **state)
{
	(void)state;
	sample_screen_begin();
	sample_state.page_rows = 5;
	return 0;
}

static int end(void **state)
{
	(void)state;
	sample_screen_end();
	return 0;
}

static enum screen_action press(uint32_t key)
{
	return screen_state_take(&sample_state, &sample_snapshot, key);
}

static void tabs(void **state)
{
	(void)state;
	assert_int_equal(screen_state_tabs(&sample_snapshot), TAB_OUTPUT);
	for (uint32_t i = 0; i < TAB_OUTPUT; i++) {
		assert_int_equal(press('1' + i), SCREEN_GOES_ON);
		assert_int_equal(sample_state.tab, i);
	}
	(void)press('7');
	assert_int_equal(sample_state.tab, TAB_DROPS);
	(void)press(KEY_OF_TAB);
	assert_int_equal(sample_state.tab, TAB_OPERATIONS);
	(void)press(KEY_OF_LEFT);
	assert_int_equal(sample_state.tab, TAB_DROPS);
	(void)press(KEY_OF_RIGHT);
	assert_int_equal(sample_state.tab, TAB_OPERATIONS);
	sample_snapshot.has_output = true;
	(void)press(KEY_OF_LEFT);
	assert_int_equal(sample_state.tab, TAB_OUTPUT);
	sample_snapshot.has_output = false;
}

static void rows(void **state)
{
	uint32_t *selected = &sample_state.places[TAB_OPERATIONS].selected;
	uint32_t last = sample_snapshot.operations_count - 1;

	(void)state;
	assert_int_equal(last, 12);
	(void)press(KEY_OF_UP);
	assert_int_equal(*selected, 0);
	(void)press(KEY_OF_DOWN);
	(void)press('j');
	assert_int_equal(*selected, 2);
	(void)press('k');
	assert_int_equal(*selected, 1);
	(void)press(KEY_OF_PAGE_DOWN);
	assert_int_equal(*selected, 5);
	(void)press(KEY_OF_PAGE_UP);
	(void)press(KEY_OF_PAGE_UP);
	assert_int_equal(*selected, 0);
	(void)press('G');
	assert_int_equal(*selected, last);
	(void)press(KEY_OF_DOWN);
	assert_int_equal(*selected, last);
	(void)press(KEY_OF_PAGE_DOWN);
	assert_int_equal(*selected, last);
	(void)press('g');
	assert_int_equal(*selected, 0);
}

static void texts(void **state)
{
	(void)state;
	(void)press(KEY_OF_ENTER);
	assert_false(sample_state.is_open); /* an operation is all there is of it */
	(void)press('2');
	(void)press(KEY_OF_ENTER);
	assert_true(sample_state.is_open);
	assert_ptr_equal(sample_state.open_trace, sample_snapshot.traces[LIVE_LATEST][0]);
	sample_state.text_rows = 20;
	(void)press(KEY_OF_END);
	assert_int_equal(sample_state.open_top, 15);
	(void)press(KEY_OF_DOWN);
	assert_int_equal(sample_state.open_top, 15);
	(void)press(KEY_OF_PAGE_UP);
	assert_int_equal(sample_state.open_top, 11);
	(void)press(KEY_OF_ESCAPE);
	assert_false(sample_state.is_open);
	assert_null(sample_state.open_trace);
	assert_int_equal(sample_state.open_top, 0);
	(void)press('3');
	(void)press(KEY_OF_ENTER);
	assert_ptr_equal(sample_state.open_crash, sample_snapshot.crashes[0]);
	(void)press('1'); /* another tab closes it */
	assert_false(sample_state.is_open);
	assert_null(sample_state.open_crash);
}

/* What is open stays what it is, however the list goes on. */
static void open_trace_outlives_the_list(void **state)
{
	uint32_t spans;

	(void)state;
	(void)press('2');
	(void)press(KEY_OF_ENTER);
	spans = sample_state.open_trace->spans_count;
	screen_snapshot_done(&sample_snapshot);
	assert_int_equal(sample_state.open_trace->spans_count, spans);
	(void)press(KEY_OF_ESCAPE);
	(void)press(KEY_OF_ENTER);
	assert_false(sample_state.is_open);
}

static void filters(void **state)
{
	uint32_t indexes[MAX_SCREEN_LIST];

	(void)state;
	(void)press(KEY_OF_DOWN);
	sample_screen_keys("/ORDERSq?1");
	assert_string_equal(sample_state.filter, "ORDERSq?1");
	assert_int_equal(sample_state.tab, TAB_OPERATIONS);
	assert_int_equal(sample_state.places[TAB_OPERATIONS].selected, 0);
	for (int i = 0; i < 3; i++)
		(void)press(KEY_OF_BACKSPACE);
	assert_int_equal(screen_tab_list(&sample_snapshot, &sample_state, indexes), 1);
	(void)press(0x1f600);
	(void)press(KEY_OF_ENTER);
	assert_string_equal(sample_state.filter, "ORDERS");
	assert_false(sample_state.is_filtering);
	(void)press(KEY_OF_ESCAPE);
	assert_string_equal(sample_state.filter, "");
	(void)press('/');
	for (int i = 0; i < 200; i++)
		(void)press('x');
	assert_int_equal(strlen(sample_state.filter), SCREEN_FILTER_BYTES - 1);
	for (int i = 0; i < 200; i++)
		(void)press(KEY_OF_BACKSPACE);
	assert_string_equal(sample_state.filter, "");
	(void)press(KEY_OF_ESCAPE);
}

static void orders(void **state)
{
	struct screen_place *place = &sample_state.places[TAB_OPERATIONS];

	(void)state;
	for (uint32_t i = 1; i <= screen_operations_tab.orders_count; i++) {
		(void)press('s');
		assert_int_equal(place->sort, i % screen_operations_tab.orders_count);
	}
	(void)press('r');
	assert_true(place->is_reversed);
	(void)press('v'); /* not here */
	assert_int_equal(sample_state.trace_list, LIVE_LATEST);
}

static void actions(void **state)
{
	(void)state;
	assert_int_equal(press('q'), SCREEN_QUITS);
	assert_int_equal(press('w'), SCREEN_SAVES);
	assert_int_equal(press('p'), SCREEN_PAUSES);
	assert_true(sample_state.is_paused);
	assert_int_equal(press(' '), SCREEN_PAUSES);
	assert_false(sample_state.is_paused);
	(void)strcpy(sample_state.message, "x");
	(void)press('h');
	assert_true(sample_state.is_help);
	assert_string_equal(sample_state.message, "");
	assert_int_equal(press('q'), SCREEN_GOES_ON); /* only closes the help */
	assert_false(sample_state.is_help);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tabs, begin, end),
		cmocka_unit_test_setup_teardown(rows, begin, end),
		cmocka_unit_test_setup_teardown(texts, begin, end),
		cmocka_unit_test_setup_teardown(open_trace_outlives_the_list, begin, end),
		cmocka_unit_test_setup_teardown(filters, begin, end),
		cmocka_unit_test_setup_teardown(orders, begin, end),
		cmocka_unit_test_setup_teardown(actions, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
