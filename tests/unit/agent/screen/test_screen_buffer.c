/* Cells of lines: colours, wide and combined characters, what does not fit, what is not ours. */
#include "cmocka_test.h"

#include "screen/screen_buffer.h"

static struct screen_buffer screen;

static int begin(void **state)
{
	(void)state;
	return screen_buffer_init(&screen, 5, 20);
}

static int end(void **state)
{
	(void)state;
	screen_buffer_done(&screen);
	return 0;
}

static void assert_shows(const char *wanted)
{
	struct byte_buffer text;

	byte_buffer_init(&text, 65536);
	screen_buffer_append_text(&screen, &text);
	assert_view(byte_buffer_view(&text), wanted);
	byte_buffer_done(&text);
}

static void lines(void **state)
{
	(void)state;
	assert_shows("\n\n\n\n\n");
	screen_buffer_set_line(&screen, 0, VIEW_LITERAL("\x1b[31mred\x1b[0m plain"));
	screen_buffer_set_line(&screen, 1, VIEW_LITERAL("世界|e\xcc\x81|"));
	screen_buffer_set_line(&screen, 4, VIEW_LITERAL("0123456789012345678世beyond"));
	screen_buffer_set_line(&screen, 5, VIEW_LITERAL("no such row"));
	assert_shows("red plain\n世界|e\xcc\x81|\n\n\n0123456789012345678b\n");
	assert_int_equal(screen_buffer_cell(&screen, 0, 0)->colour, COLOUR_RED);
	assert_int_equal(screen_buffer_cell(&screen, 0, 3)->colour, COLOUR_PLAIN);
	assert_string_equal(screen_buffer_cell(&screen, 1, 0)->text, "世");
	assert_string_equal(screen_buffer_cell(&screen, 1, 1)->text, "");
	assert_string_equal(screen_buffer_cell(&screen, 1, 5)->text, "e\xcc\x81");
	screen_buffer_set_line(&screen, 0, VIEW_LITERAL("x"));
	assert_string_equal(screen_buffer_cell(&screen, 0, 1)->text, " ");
	assert_int_equal(screen_buffer_cell(&screen, 0, 0)->colour, COLOUR_PLAIN);
}

/* Other sequences than terminal_line.c's lose what makes them one. */
static void not_ours(void **state)
{
	(void)state;
	screen_buffer_set_line(&screen, 0,
			       VIEW_LITERAL("a\x1b]0;t\x07"
					    "b\x1b[2Jc\xff\r\xc2\x9b"));
	screen_buffer_set_line(&screen, 1,
			       VIEW_LITERAL("\xcc\x81"
					    "first"));
	assert_shows("a]0;tb[2Jc\nfirst\n\n\n\n");
	for (int i = 0; i < 40; i++)
		screen_buffer_set_line(&screen, 2,
				       VIEW_LITERAL("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc"
						    "\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"));
	assert_true(strlen(screen_buffer_cell(&screen, 2, 0)->text) < CELL_BYTES);
}

static void reverse(void **state)
{
	(void)state;
	screen_buffer_invert(&screen, 1, 2, 99);
	assert_false(screen_buffer_cell(&screen, 1, 1)->is_inverse);
	assert_true(screen_buffer_cell(&screen, 1, 2)->is_inverse);
	assert_true(screen_buffer_cell(&screen, 1, 19)->is_inverse);
	assert_false(screen_buffer_cell(&screen, 2, 0)->is_inverse);
	screen_buffer_invert(&screen, 99, 0, 1);
	screen_buffer_clear(&screen);
	assert_false(screen_buffer_cell(&screen, 1, 2)->is_inverse);
}

static void sizes(void **state)
{
	struct screen_buffer other;

	(void)state;
	assert_int_equal(screen_buffer_init(&other, 0, 1), 0);
	assert_int_equal(other.rows, MIN_SCREEN_ROWS);
	assert_int_equal(other.columns, MIN_SCREEN_COLUMNS);
	screen_buffer_done(&other);
	assert_int_equal(screen_buffer_init(&other, 70000, 70000), 0);
	assert_int_equal(other.rows, MAX_SCREEN_ROWS);
	assert_int_equal(other.columns, MAX_SCREEN_COLUMNS);
	screen_buffer_done(&other);
	screen_buffer_done(&other);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines, begin, end),
		cmocka_unit_test_setup_teardown(not_ours, begin, end),
		cmocka_unit_test_setup_teardown(reverse, begin, end),
		cmocka_unit_test(sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
