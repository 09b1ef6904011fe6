/* What real programs print, and what they do not. */
#include "traceback_vectors.h"

static void reads_confess(void **state)
{
	(void)state;
	expect_golden("perl", "confess");
}

static void reads_croak(void **state)
{
	(void)state;
	expect_golden("perl", "croak");
}

static void reads_diagnostics(void **state)
{
	(void)state;
	expect_golden("perl", "diagnostics");
}

static void reads_die(void **state)
{
	(void)state;
	expect_golden("perl", "die");
}

static void reads_handle(void **state)
{
	(void)state;
	expect_golden("perl", "handle");
}

static void reads_method(void **state)
{
	(void)state;
	expect_golden("perl", "method");
}

static void reads_missing(void **state)
{
	(void)state;
	expect_golden("perl", "missing");
}

static void reads_object(void **state)
{
	(void)state;
	expect_golden("perl", "object");
}

static void reads_propagated(void **state)
{
	(void)state;
	expect_golden("perl", "propagated");
}

static void reads_warn(void **state)
{
	(void)state;
	expect_golden("perl", "warn");
}

static void knows_ordinary_lines(void **state)
{
	(void)state;
	expect_reports("saw it at noon, line 3\nat file line x.\nHASH(0x12)\n at line 3.\n", "[]");
	expect_reports("one\ntwo\nthree at the end\n", "[]");
	expect_reports("one\ntwo at x.pl line 3.\nthree\n", "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_ordinary_lines),
		cmocka_unit_test(reads_confess),
		cmocka_unit_test(reads_croak),
		cmocka_unit_test(reads_diagnostics),
		cmocka_unit_test(reads_die),
		cmocka_unit_test(reads_handle),
		cmocka_unit_test(reads_method),
		cmocka_unit_test(reads_missing),
		cmocka_unit_test(reads_object),
		cmocka_unit_test(reads_propagated),
		cmocka_unit_test(reads_warn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
