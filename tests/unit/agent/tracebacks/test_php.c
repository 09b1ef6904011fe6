/* What real programs print, and what they do not. */
#include "traceback_vectors.h"

static void reads_chained(void **state)
{
	(void)state;
	expect_golden("php", "chained");
}

static void reads_fpm_workers(void **state)
{
	(void)state;
	expect_golden("php", "fpm_workers");
}

static void reads_html(void **state)
{
	(void)state;
	expect_golden("php", "html");
}

static void reads_html_parse(void **state)
{
	(void)state;
	expect_golden("php", "html_parse");
}

static void reads_included(void **state)
{
	(void)state;
	expect_golden("php", "included");
}

static void reads_logged(void **state)
{
	(void)state;
	expect_golden("php", "logged");
}

static void reads_memory(void **state)
{
	(void)state;
	expect_golden("php", "memory");
}

static void reads_nginx(void **state)
{
	(void)state;
	expect_golden("php", "nginx");
}

static void reads_parse(void **state)
{
	(void)state;
	expect_golden("php", "parse");
}

static void reads_server(void **state)
{
	(void)state;
	expect_golden("php", "server");
}

static void reads_shown(void **state)
{
	(void)state;
	expect_golden("php", "shown");
}

static void reads_uncaught(void **state)
{
	(void)state;
	expect_golden("php", "uncaught");
}

static void reads_warnings(void **state)
{
	(void)state;
	expect_golden("php", "warnings");
}

#define MONOLOG_FRAMES                                                                             \
	"\"relation\":\"raised\",\"frames\":["                                                     \
	"{\"function\":\"App\\\\Shop::total\",\"file\":\"/srv/app/x.php\",\"line\":3},"            \
	"{\"file\":\"/srv/app/y.php\",\"line\":9}]}"

/* Laravel keeps line breaks, Symfony with stack traces escapes them. */
static void reads_monolog(void **state)
{
	static const char wanted[] =
		"[{\"language\":\"php\",\"manner\":\"logged\",\"mechanism\":\"logging\","
		"\"exceptions\":[{\"type\":\"App\\\\Error\",\"value\":\"no \\\"tea\\\"\"," MONOLOG_FRAMES
		",{\"type\":\"KeyError\",\"value\":\"k\",\"relation\":\"cause\",\"parent\":0,"
		"\"frames\":[{\"file\":\"/srv/app/z.php\",\"line\":1}]}]}]";

	(void)state;
	expect_reports("local.ERROR: no {\"exception\":\"[object] (App\\\\Error(code: 0): no "
		       "\\\"tea\\\" at /srv/app/x.php:3)\n[stacktrace]\n"
		       "#0 /srv/app/y.php(9): App\\\\Shop->total('secret')\n#1 {main}\n\n"
		       "[previous exception] [object] (KeyError(code: 0): k at /srv/app/z.php:1)\n"
		       "[stacktrace]\n#0 {main}\n\"} \n",
		       wanted);
	expect_reports("local.ERROR: no {\"exception\":\"[object] (App\\\\Error(code: 0): no "
		       "\\\"tea\\\" at /srv/app/x.php:3)\\n[stacktrace]\\n"
		       "#0 /srv/app/y.php(9): App\\\\Shop->total('secret')\\n#1 {main}\\n\\n"
		       "[previous exception] [object] (KeyError(code: 0): k at /srv/app/z.php:1)"
		       "\\n[stacktrace]\\n#0 {main}\\n\"} []\n",
		       wanted);
}

static void reads_symfony(void **state)
{
	(void)state;
	expect_reports("app.CRITICAL: Uncaught PHP Exception RuntimeException: \"boom\" at "
		       "/srv/app/x.php line 3 {\"exception\":\"[object] (RuntimeException(code: "
		       "0): boom at /srv/app/x.php:3)\"} []\n",
		       "[{\"language\":\"php\",\"manner\":\"logged\",\"mechanism\":\"logging\","
		       "\"exceptions\":[{\"type\":\"RuntimeException\",\"value\":\"boom\","
		       "\"relation\":\"raised\",\"frames\":[{\"file\":\"/srv/app/x.php\","
		       "\"line\":3}]}]}]");
}

/* Since 8.5 fatal errors have a trace. */
static void reads_a_trace_below_a_fatal_error(void **state)
{
	(void)state;
	expect_reports("PHP Fatal error:  Maximum execution time of 1 second exceeded in "
		       "/srv/app/x.php on line 7\nStack trace:\n#0 /srv/app/x.php(9): f('s')\n"
		       "#1 {main}\n",
		       "[{\"language\":\"php\",\"manner\":\"uncaught\",\"mechanism\":\"generic\","
		       "\"exceptions\":[{\"type\":\"Fatal error\",\"value\":\"Maximum execution "
		       "time of 1 second exceeded\",\"relation\":\"raised\",\"frames\":["
		       "{\"function\":\"f\",\"file\":\"/srv/app/x.php\",\"line\":7},"
		       "{\"file\":\"/srv/app/x.php\",\"line\":9}]}]}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_monolog),
		cmocka_unit_test(reads_symfony),
		cmocka_unit_test(reads_a_trace_below_a_fatal_error),
		cmocka_unit_test(reads_chained),
		cmocka_unit_test(reads_fpm_workers),
		cmocka_unit_test(reads_html),
		cmocka_unit_test(reads_html_parse),
		cmocka_unit_test(reads_included),
		cmocka_unit_test(reads_logged),
		cmocka_unit_test(reads_memory),
		cmocka_unit_test(reads_nginx),
		cmocka_unit_test(reads_parse),
		cmocka_unit_test(reads_server),
		cmocka_unit_test(reads_shown),
		cmocka_unit_test(reads_uncaught),
		cmocka_unit_test(reads_warnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
