/* The tab of operations, whole, at both sizes; its orders, its bars, its filter. */
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
	assert_screens("operations");
	sample_screen_keys("sss");
	assert_screens("operations-by-p95");
	sample_screen_keys("r/orders");
	assert_screens("operations-filter");
}

static void bars(void **state)
{
	struct screen_operation *operation = &sample_snapshot.operations[0];
	struct terminal_style style = {.width = 80, .is_utf8 = true};
	struct terminal_line line;
	struct byte_buffer out;

	(void)state;
	memset(operation->seconds, 0, sizeof(operation->seconds));
	operation->seconds[0] = 1;
	operation->seconds[6] = 79;
	operation->seconds[7] = 1;
	operation->seconds[59] = 40;
	byte_buffer_init(&out, 4096);
	terminal_line_begin(&line, &style, &out);
	screen_operations_tab.draw_row(&sample_snapshot, &sample_state, 0, &line);
	assert_true(view_ends_with(byte_buffer_view(&out), VIEW_LITERAL("  ▁█       ▄")));
	byte_buffer_clear(&out);
	style.is_utf8 = false;
	terminal_line_begin(&line, &style, &out);
	screen_operations_tab.draw_row(&sample_snapshot, &sample_state, 0, &line);
	assert_true(view_ends_with(byte_buffer_view(&out), VIEW_LITERAL("  .#       =")));
	byte_buffer_done(&out);
}

static void nothing(void **state)
{
	struct screen_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	(void)state;
	assert_string_equal(screen_operations_tab.empty(snapshot),
			    "No requests yet. They appear here as they end: served and made, by "
			    "operation.");
	snapshot->facts.is_over = true;
	assert_string_equal(screen_operations_tab.empty(snapshot), "No requests were seen.");
	free(snapshot);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(screens, begin, end),
		cmocka_unit_test_setup_teardown(bars, begin, end),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
