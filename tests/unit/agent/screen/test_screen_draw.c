/* What stands around every list, whatever the size; and that nothing hostile gets onto any screen.
 */
#include "screen_golden.h"

#include "base/utf8.h"

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

static void around(void **state)
{
	(void)state;
	sample_screen_keys("?");
	assert_screens("help");
	sample_screen_keys("x6/nothing like it");
	assert_screens("filter-typed");
	(void)screen_state_take(&sample_state, &sample_snapshot, KEY_OF_ESCAPE);
	(void)screen_state_take(&sample_state, &sample_snapshot, 'p');
	(void)snprintf(sample_state.message, sizeof(sample_state.message), " saved as limpet.txt");
	assert_screens("paused");
	sample_snapshot.facts.is_over = true;
	sample_snapshot.facts.cost_percent = -1;
	screen_state_show_crash(&sample_state, &sample_snapshot);
	assert_screens("ended");
}

/* Every cell is one printable character, with what combines; and every line ends in time. */
static void assert_harmless(const struct screen_buffer *screen, bool is_utf8)
{
	for (uint32_t row = 0; row < screen->rows; row++)
		for (uint32_t column = 0; column < screen->columns; column++) {
			struct view text =
				view_of_text(screen_buffer_cell(screen, row, column)->text);

			while (text.size) {
				size_t length = utf8_printable_length(text);

				assert_true(length == 1 || (length > 1 && is_utf8));
				text = view_skip(text, length);
			}
		}
}

static void every_size(void **state)
{
	static const uint32_t sizes[] = {1, 5, 6, 7, 10, 24, 33, 60, 200};
	static const uint32_t widths[] = {1, 20, 21, 40, 79, 80, 81, 110, 150, 400};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t j = 0; j < sizeof(widths) / sizeof(widths[0]); j++)
			for (int tab = 0; tab < TABS_COUNT * 2; tab++) {
				struct screen_buffer screen;
				bool is_utf8 = tab % 2;

				assert_int_equal(screen_buffer_init(&screen, sizes[i], widths[j]),
						 0);
				sample_state.tab = (enum screen_tab_number)(tab / 2);
				for (uint32_t row = 0; row < 30; row += 7) {
					sample_state.places[sample_state.tab].selected = row;
					screen_draw(&sample_snapshot, &sample_state, is_utf8,
						    &screen);
					assert_harmless(&screen, is_utf8);
				}
				screen_buffer_done(&screen);
			}
}

static void times(void **state)
{
	char text[32];

	(void)state;
	assert_string_equal(screen_draw_elapsed(0, text, sizeof(text)), "00:00:00");
	assert_string_equal(screen_draw_elapsed(3725 * NS_PER_S + 1, text, sizeof(text)),
			    "01:02:05");
	assert_string_equal(screen_draw_elapsed(360000 * NS_PER_S, text, sizeof(text)),
			    "100:00:00");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(around, begin, end),
		cmocka_unit_test_setup_teardown(every_size, begin, end),
		cmocka_unit_test(times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
