/* The tab of what CMD printed, which is there only where CMD has no terminal. */
#include "screen_golden.h"

static void screens(void **state)
{
	(void)state;
	sample_screen_begin();
	sample_screen_keys("7");
	assert_int_equal(sample_state.tab, TAB_OPERATIONS);
	sample_snapshot.has_output = true;
	sample_screen_keys("7");
	assert_int_equal(sample_state.tab, TAB_OUTPUT);
	assert_screens("output-empty");
	(void)strcpy(sample_snapshot.output.text[0], "listening on 8080");
	(void)strcpy(sample_snapshot.output.text[1], "\x1b[2J\x1b]0;owned\x07 hello \xff world");
	(void)strcpy(sample_snapshot.output.text[2], "  GET / 200");
	sample_snapshot.output.count = 3;
	assert_screens("output");
	sample_screen_keys("/listening");
	assert_screens("output-filter");
	sample_screen_end();
	sample_snapshot.has_output = false;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(screens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
