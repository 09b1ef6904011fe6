/* Python's reports as CPython 2.7 to 3.13, logging, asyncio and three web frameworks print them. */
#include "traceback_vectors.h"
#include "tracebacks/python.h"

static void test_goldens(void **state)
{
	static const char *const names[] = {
		"plain27",      "plain38",      "plain311",      "plain313",   "chained36",
		"chained38",    "unbuffered38", "chained312",    "cause_only", "group311",
		"group313",     "group_many",   "threads27",     "threads312", "tasks38",
		"tasks313",     "tasks_logged", "ignored38",     "ignored312", "logged36",
		"logged311",    "last_resort",  "notes",         "json_log",   "recursion37",
		"recursion312", "bad_syntax38", "bad_syntax312", "import_bad", "print_exc27",
		"print_exc310", "print_exc312", "no_errors",     "exits",      "in_a_shop",
		"flask",        "django",       "fastapi",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		expect_golden("python", names[i]);
}

static size_t count_reports(const char *text)
{
	json_t *found = find_reports(text);
	size_t count = json_array_size(found);

	json_decref(found);
	return count;
}

/* Random bytes behind a header, and the last line of a traceback that was told to print no frame.
 */
static void test_without_frames(void **state)
{
	(void)state;
	assert_int_equal(count_reports("Traceback (most recent call last):\nb: \x14y\n"), 0);
	assert_int_equal(count_reports("Traceback (most recent call last):\nb: \xff\xfe\n"), 0);
	assert_int_equal(count_reports("Traceback (most recent call last):\n"
				       "ValueError: a\tb \xc3\xa4\n"),
			 1);
	assert_int_equal(count_reports("Traceback (most recent call last):\n"
				       "  File \"a.py\", line 3, in f\n"
				       "ValueError: \x01\n"),
			 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),
		cmocka_unit_test(test_without_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
