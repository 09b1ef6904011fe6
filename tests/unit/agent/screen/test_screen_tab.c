/* Lists in any order, and the columns that all tabs are made of. */
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

static void lists(void **state)
{
	uint32_t indexes[MAX_SCREEN_LIST];

	(void)state;
	sample_state.tab = TAB_SYSCALLS;
	assert_int_equal(screen_tab_list(&sample_snapshot, &sample_state, indexes), 4);
	assert_int_equal(indexes[0], 1); /* by time */
	assert_int_equal(indexes[1], 0);
	sample_state.places[TAB_SYSCALLS].sort = 1;
	(void)screen_tab_list(&sample_snapshot, &sample_state, indexes);
	assert_int_equal(indexes[0], 0); /* by count */
	assert_int_equal(indexes[3], 2);
	sample_state.places[TAB_SYSCALLS].is_reversed = true;
	(void)screen_tab_list(&sample_snapshot, &sample_state, indexes);
	assert_int_equal(indexes[0], 2);
	(void)strcpy(sample_state.filter, "Number 9");
	assert_int_equal(screen_tab_list(&sample_snapshot, &sample_state, indexes), 1);
	assert_int_equal(indexes[0], 2);
	(void)strcpy(sample_state.filter, "epipe"); /* how it fails is among its words */
	assert_int_equal(screen_tab_list(&sample_snapshot, &sample_state, indexes), 1);
	assert_int_equal(indexes[0], 0);
	(void)strcpy(sample_state.filter, "no such");
	assert_int_equal(screen_tab_list(&sample_snapshot, &sample_state, indexes), 0);
}

/* Every order of every tab is one: no row is lost or told twice. */
static void all_orders(void **state)
{
	uint32_t indexes[MAX_SCREEN_LIST];

	(void)state;
	for (int tab = 0; tab < TAB_OUTPUT; tab++) {
		const struct screen_tab *rows = screen_tab_of((enum screen_tab_number)tab);

		sample_state.tab = (enum screen_tab_number)tab;
		for (uint32_t sort = 0; sort < rows->orders_count; sort++) {
			bool is_seen[MAX_SCREEN_LIST] = {false};
			uint32_t count;

			sample_state.places[tab].sort = sort;
			count = screen_tab_list(&sample_snapshot, &sample_state, indexes);
			assert_int_equal(count, rows->count(&sample_snapshot, &sample_state));
			assert_true(count > 0);
			for (uint32_t i = 0; i < count; i++) {
				assert_true(indexes[i] < count && !is_seen[indexes[i]]);
				is_seen[indexes[i]] = true;
			}
		}
	}
}

static void columns(void **state)
{
	struct terminal_style style = {.width = 60, .is_utf8 = true};
	struct terminal_line line;
	struct byte_buffer out;

	(void)state;
	byte_buffer_init(&out, 4096);
	terminal_line_begin(&line, &style, &out);
	screen_tab_text(&line, COLOUR_PLAIN, 6, VIEW_LITERAL("abcdefgh"));
	screen_tab_count(&line, COLOUR_PLAIN, 9, 9999999);
	screen_tab_count(&line, COLOUR_PLAIN, 8, 12345678);
	screen_tab_count(&line, COLOUR_PLAIN, 8, 5000000000ull);
	screen_tab_time(&line, 9, 1500000);
	assert_view(byte_buffer_view(&out), "abcde…  9999999   12.3M    5.0G  1.50 ms");
	byte_buffer_done(&out);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lists, begin, end),
		cmocka_unit_test_setup_teardown(all_orders, begin, end),
		cmocka_unit_test(columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
