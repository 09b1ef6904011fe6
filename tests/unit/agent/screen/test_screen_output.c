/* Lines out of a pipe: cut, kept, and the last one without its end. */
#include "cmocka_test.h"

#include <unistd.h>
#include "screen/screen_output.h"

static struct screen_output *output;
static struct screen_lines lines;
static int pipe_in;

static int begin(void **state)
{
	int ends[2];

	(void)state;
	if (pipe(ends) < 0)
		return -1;
	pipe_in = ends[1];
	return screen_output_new(&output, ends[0]);
}

static int end(void **state)
{
	(void)state;
	screen_output_free(&output);
	(void)close(pipe_in);
	return 0;
}

static void wait_for(uint32_t count)
{
	for (int i = 0; i < 2000; i++) {
		screen_output_read(output, &lines);
		if (lines.count >= count)
			return;
		(void)usleep(1000);
	}
	fail_msg("%u lines of %u", lines.count, count);
}

static void through_the_pipe(void **state)
{
	(void)state;
	assert_int_equal(write(pipe_in, "one\ntwo\nthr", 11), 11);
	wait_for(3);
	assert_int_equal(lines.count, 3);
	assert_int_equal(lines.seen_count, 2);
	assert_string_equal(lines.text[0], "one");
	assert_string_equal(lines.text[2], "thr");
	assert_int_equal(write(pipe_in, "ee\n\n", 4), 4);
	wait_for(4);
	assert_string_equal(lines.text[2], "three");
	assert_string_equal(lines.text[3], "");
}

static void long_and_hostile(void **state)
{
	static char text[3 * OUTPUT_LINE_BYTES];

	(void)state;
	memset(text, 'x', sizeof(text));
	screen_output_take(output, view_of(text, sizeof(text)));
	screen_output_take(output, VIEW_LITERAL("y\na\0b\x1b[2J\n"));
	screen_output_read(output, &lines);
	assert_int_equal(lines.count, 2);
	assert_int_equal(strlen(lines.text[0]), OUTPUT_LINE_BYTES);
	assert_string_equal(lines.text[1], "ab\x1b[2J"); /* escaped when it is drawn */
}

static void many(void **state)
{
	char text[32];

	(void)state;
	for (int i = 0; i < MAX_OUTPUT_LINES + 7; i++) {
		(void)snprintf(text, sizeof(text), "%d\n", i);
		screen_output_take(output, view_of_text(text));
	}
	screen_output_take(output, VIEW_LITERAL("no room for this"));
	screen_output_read(output, &lines);
	assert_int_equal(lines.count, MAX_OUTPUT_LINES);
	assert_int_equal(lines.seen_count, MAX_OUTPUT_LINES + 7);
	assert_string_equal(lines.text[0], "7");
	assert_string_equal(lines.text[MAX_OUTPUT_LINES - 1], "506");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(through_the_pipe, begin, end),
		cmocka_unit_test_setup_teardown(long_and_hostile, begin, end),
		cmocka_unit_test_setup_teardown(many, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
