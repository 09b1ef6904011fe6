/* One line: escaping, cutting by columns, padding, colours. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include "terminal/terminal_line.h"

static struct terminal_style style;
static struct byte_buffer out;
static struct terminal_line line;

static int begin(void **state)
{
	(void)state;
	style = (struct terminal_style){.width = 20, .is_utf8 = true};
	byte_buffer_init(&out, 4096);
	terminal_line_begin(&line, &style, &out);
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&out);
	return 0;
}

static void assert_out(const char *expected)
{
	if (!view_equals(byte_buffer_view(&out), view_of_text(expected)))
		fail_msg("'%.*s' is not '%s'", VIEW_FORMAT(byte_buffer_view(&out)), expected);
}

static void test_cut_and_pad(void **state)
{
	(void)state;
	line.limit = 6;
	terminal_line_text(&line, COLOUR_RED, VIEW_LITERAL("orders"));
	assert_false(line.is_cut);
	terminal_line_text(&line, COLOUR_PLAIN, VIEW_LITERAL("never seen"));
	assert_out("orders");
	assert_true(line.is_cut);
	line.is_cut = false;
	line.limit = 10;
	terminal_line_text(&line, COLOUR_PLAIN, VIEW_LITERAL("12345"));
	assert_int_equal(line.columns, 10);
	assert_true(line.is_cut);
	line.limit = 20;
	terminal_line_pad(&line, 12);
	terminal_line_right(&line, COLOUR_PLAIN, 5, VIEW_LITERAL("abc"));
	terminal_line_pad(&line, 100);
	terminal_line_end(&line);
	assert_out("orders123…    abc\n");
}

static void test_escapes(void **state)
{
	(void)state;
	terminal_line_text(&line, COLOUR_PLAIN, VIEW_LITERAL("a\x1b[31m\n\xff中"));
	assert_out("a\\x1b[31m\\x0a\\xff中");
	assert_int_equal(line.columns, 19);
}

static void test_wide_characters_are_not_halved(void **state)
{
	(void)state;
	line.limit = 4;
	terminal_line_text(&line, COLOUR_PLAIN, VIEW_LITERAL("中文中文"));
	assert_out("中…");
	assert_int_equal(line.columns, 3);
}

static void test_without_utf8(void **state)
{
	(void)state;
	style.is_utf8 = false;
	terminal_line_text(&line, COLOUR_PLAIN, VIEW_LITERAL("é"));
	assert_out("\\xc3\\xa9");
	line.limit = 11;
	terminal_line_text(&line, COLOUR_PLAIN, VIEW_LITERAL("12345"));
	assert_out("\\xc3\\xa912~");
}

static void test_colours(void **state)
{
	(void)state;
	style.is_colour = true;
	terminal_line_text(&line, COLOUR_RED, VIEW_LITERAL("x"));
	terminal_line_text(&line, COLOUR_PLAIN, VIEW_LITERAL("y"));
	terminal_line_text(&line, COLOUR_DIM, VIEW_LITERAL(""));
	assert_out("\x1b[31mx\x1b[0my");
	assert_int_equal(line.columns, 2);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_cut_and_pad),
		CASE(test_escapes),
		CASE(test_wide_characters_are_not_halved),
		CASE(test_without_utf8),
		CASE(test_colours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
