/* The keys at the bottom: those that mean something, and all of them at 80 columns. */
#include "screen_golden.h"

#include "screen/screen_help.h"

static const char *keys(size_t width, bool is_utf8, const struct screen_state *state)
{
	static char text[512];
	struct terminal_style style = {.width = width, .is_utf8 = is_utf8};
	struct terminal_line line;
	struct byte_buffer out;

	byte_buffer_init(&out, 4096);
	terminal_line_begin(&line, &style, &out);
	screen_help_keys(state, 6, &line);
	(void)snprintf(text, sizeof(text), "%.*s", VIEW_FORMAT(byte_buffer_view(&out)));
	byte_buffer_done(&out);
	return text;
}

static void bottom(void **state)
{
	struct screen_state chosen = {.tab = TAB_OPERATIONS};

	(void)state;
	assert_string_equal(keys(80, true, &chosen),
			    " 1-6 tabs  ↑↓ rows  / filter  s sort  p pause  ? help  q quit");
	chosen.tab = TAB_TRACES;
	assert_string_equal(keys(80, true, &chosen),
			    " 1-6 tabs  ↑↓ rows  Enter open  v which  / filter  p pause  "
			    "? help  q quit");
	assert_string_equal(
		keys(120, false, &chosen),
		" 1-6 tabs  Up Dn rows  Enter open  v which  / filter  s sort  p pause  "
		"w save  ? help  q quit");
	chosen.is_open = chosen.is_paused = true;
	assert_string_equal(keys(80, true, &chosen),
			    " 1-6 tabs  ↑↓ scroll  Esc back  p go on  ? help  q quit");
	chosen.is_filtering = true;
	assert_string_equal(keys(80, true, &chosen), " Enter done  Esc no filter");
	chosen.is_help = true;
	assert_string_equal(keys(80, true, &chosen), " any key back");
}

static void page(void **state)
{
	struct view text = screen_help_text(), line;
	uint32_t count = 0;

	(void)state;
	while (view_next_token(&text, '\n', &line)) {
		assert_true(line.size <= 80);
		count++;
	}
	assert_true(count <= 20); /* of 24 rows */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bottom),
		cmocka_unit_test(page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
