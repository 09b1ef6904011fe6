/* Prose and code of one report, each by its own rules. */
#include "processors/report_scrubber.h"

#include "cmocka_test.h"

static struct arena arena;
static struct byte_buffer work;

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	byte_buffer_init(&work, 8192);
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&work);
	arena_done(&arena);
	return 0;
}

static void scrubs(const char *text, const char *wanted)
{
	struct view copy = exact_copy(view_of_text(text));

	assert_view(report_scrubber_scrub(copy, &arena, &work), wanted);
	free_copy(copy);
}

static void test_python(void **state)
{
	(void)state;
	scrubs("Traceback (most recent call last):\n"
	       "  File \"/srv/app.py\", line 3, in <module>\n"
	       "    session = Session()\n"
	       "  File \"/srv/app.py\", line 9, in __init__\n"
	       "    self.login(password=\"hunter2\")\n"
	       "    ~~~~~~~~~~^^^^\n"
	       "ValueError: password=hunter2\n",
	       "Traceback (most recent call last):\n"
	       "  File \"/srv/app.py\", line 3, in <module>\n"
	       "    session = Session()\n"
	       "  File \"/srv/app.py\", line 9, in __init__\n"
	       "    self.login(password=\"[Filtered]\")\n"
	       "    ~~~~~~~~~~^^^^\n"
	       "ValueError: password=[Filtered]\n");
	scrubs("  | Traceback (most recent call last):\n"
	       "  |   File \"/srv/app.py\", line 3, in f\n"
	       "  |     token = take()\n"
	       "  | ValueError: token: abc",
	       "  | Traceback (most recent call last):\n"
	       "  |   File \"/srv/app.py\", line 3, in f\n"
	       "  |     token = take()\n"
	       "  | ValueError: token: [Filtered]");
}

static void test_without_source(void **state)
{
	(void)state;
	scrubs("  File \"a.py\", line 1, in f\n  File \"b.py\", line 2, in g\n    key = f()\nE: key=1",
	       "  File \"a.py\", line 1, in f\n  File \"b.py\", line 2, in g\n    key = f()\n"
	       "E: key=[Filtered]");
	scrubs("  File \"a.py\", line 1, in f", "  File \"a.py\", line 1, in f");
	scrubs("  File \"a.py\", line 1, in f\n", "  File \"a.py\", line 1, in f\n");
	scrubs("", "");
}

static void test_prose(void **state)
{
	const char *text = "java.lang.Error: x\n\tat shop.Session.get(Session.java:3)\n";

	(void)state;
	scrubs("Error: secret: \"a\nb\"\nnext", "Error: secret: \"[Filtered]\"\nnext");
	assert_ptr_equal(report_scrubber_scrub(view_of_text(text), &arena, &work).bytes, text);
}

static void test_too_long(void **state)
{
	char text[9000];

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_view(report_scrubber_scrub(view_of(text, sizeof(text)), &arena, &work),
		    "[Filtered]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_python, begin, end),
		cmocka_unit_test_setup_teardown(test_without_source, begin, end),
		cmocka_unit_test_setup_teardown(test_prose, begin, end),
		cmocka_unit_test_setup_teardown(test_too_long, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
