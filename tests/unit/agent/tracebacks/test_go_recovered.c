/* What Gin, chi and echo print of panics they recovered from. */
#include "traceback_vectors.h"
#include "tracebacks/go_recovered.h"

static void goldens_are_read(void **state)
{
	(void)state;
	expect_golden("go", "gin");
	expect_golden("go", "gin_release");
	expect_golden("go", "chi");
	expect_golden("go", "echo");
}

static void beginnings_are_known(void **state)
{
	(void)state;
	assert_int_equal(go_recovered_begins(VIEW_LITERAL("[Recovery] 2026/11/21 - 10:00:00 "
							  "panic recovered:")),
			 GO_GIN);
	assert_int_equal(go_recovered_begins(VIEW_LITERAL(" panic: out of tea")), GO_CHI);
	assert_int_equal(go_recovered_begins(VIEW_LITERAL("[Recovery] of the file")), GO_FATAL);
	assert_int_equal(go_recovered_begins(VIEW_LITERAL("panic: out of tea")), GO_FATAL);
}

static void no_frames_are_no_report(void **state)
{
	(void)state;
	expect_reports("[Recovery] 2026/11/21 - 10:00:00 panic recovered:\nbroken pipe\n", "[]");
	expect_reports(" panic: or not\nno\n", "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goldens_are_read),
		cmocka_unit_test(beginnings_are_known),
		cmocka_unit_test(no_frames_are_no_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
