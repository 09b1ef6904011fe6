/* The comparison as text: golden lines, hostile names, nothing to tell. */
#include "terminal/terminal_comparison.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include "two_runs.h"

static const struct comparison_names names = {VIEW_LITERAL("a\x1b[31m.rec"), VIEW_LITERAL("b.rec")};

static char *printed(const struct run_comparison *comparison, struct terminal_style style)
{
	struct byte_buffer text;

	byte_buffer_init(&text, 1 << 20);
	terminal_comparison_print(comparison, names, &style, &text);
	byte_buffer_append_byte(&text, '\0');
	assert_false(text.is_failed);
	return text.bytes;
}

static void assert_has(const char *text, const char *line)
{
	if (!strstr(text, line))
		fail_msg("no \"%s\" in:\n%s", line, text);
}

static void test_golden(void **state)
{
	struct two_runs runs;
	char *text;

	(void)state;
	two_runs_begin(&runs);
	text = printed(runs.comparison, (struct terminal_style){.width = 120});
	assert_has(text,
		   "before  a\\x1b[31m.rec: 408 spans, 1 failed, 0 crashes, 0 exceptions in ");
	assert_has(text, "\nafter   b.rec: 398 spans, 21 failed, 1 crash, 0 exceptions in ");
	assert_has(text,
		   "\n\nslower  shop server GET /slow\n"
		   "        count 100 -> 90, failed 0.0 % -> 0.0 %, p50 1.00 ms -> 2.98 ms "
		   "(+198 %), p95 1.00 ms -> 2.98 ms (+198 %)\n"
		   "fails   shop server GET /fails\n"
		   "        count 100 -> 100, failed 0.0 % -> 20.0 %, p50 1.00 ms -> 1.00 ms, "
		   "p95 1.00 ms -> 1.00 ms\n"
		   "new     shop server GET /new\n"
		   "        count 5, failed 0.0 %, p50 1.00 ms, p95 1.00 ms\n"
		   "gone    shop server GET /gone\n");
	assert_has(text, "\nfaster  shop server GET /fast\n");
	assert_has(
		text,
		"\n1 operation as before\n1 operation with too few requests to tell\nnew     crash SIGSEGV in ");
	assert_has(text, ", 0 -> 1\n\nShare of the time on the CPU, in functions:\n"
			 "  +23.1 %  parse  53.8 % -> 76.9 %\n");
	free(text);
	two_runs_end(&runs);
}

static void test_narrow_and_coloured(void **state)
{
	struct two_runs runs;
	char *text;

	(void)state;
	two_runs_begin(&runs);
	text = printed(runs.comparison,
		       (struct terminal_style){.width = 40, .is_colour = true, .is_utf8 = true});
	assert_has(text, "slower");
	assert_has(text, "\x1b[31m");
	assert_has(text, "→");
	free(text);
	two_runs_end(&runs);
}

static void test_no_change(void **state)
{
	struct run_comparison *comparison = NULL;
	struct two_runs runs;
	char *text;

	(void)state;
	two_runs_begin(&runs);
	assert_int_equal(run_comparison_new(&comparison, runs.before, runs.before), 0);
	text = printed(comparison, (struct terminal_style){.width = 120});
	assert_has(text, "\n\n6 operations as before\n\n"
			 "Time on the CPU: in the same functions as before\n");
	free(text);
	run_comparison_free(&comparison);
	two_runs_end(&runs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_narrow_and_coloured),
		cmocka_unit_test(test_no_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
