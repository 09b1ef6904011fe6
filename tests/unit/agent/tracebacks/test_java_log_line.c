/* Log lines before Java's stacks. */
#include "cmocka_test.h"
#include "tracebacks/java_log_line.h"

static void expect(const char *lines, const char *thread, const char *logger, const char *message)
{
	struct java_log_line log;

	java_log_line_read(view_of_text(lines), &log);
	assert_view(log.thread, thread);
	assert_view(log.logger, logger);
	assert_view(log.message, message);
}

static void reads_lines(void **state)
{
	(void)state;
	expect("10:00:00.123 [pool-1 thread-2] ERROR a.Cart - failed", "pool-1 thread-2", "", "");
	expect("2026-11-21 10:00 ERROR 1 --- [shop] [   main] a.Cart : failed", "main", "", "");
	expect("older\nNov 21, 2026 5:28:11 PM a.Shop main\nSEVERE: cart failed", "", "a.Shop",
	       "cart failed");
	expect("21-Nov-2026 10:00:00.123 SEVERE [exec-1] org.Valve.invoke it threw", "exec-1",
	       "org.Valve", "it threw");
	expect("10:00:00,123 ERROR [a.Till] (task 1) failed\ncustomer 7", "task 1", "a.Till",
	       "failed");
	expect("SEVERE: alone", "", "", "");
	expect("nothing [like] that", "", "", "");
	expect("", "", "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
