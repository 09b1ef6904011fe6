/* What the runtime of .NET really prints, and what its loggers print. */
#include "traceback_vectors.h"

static void reads_aggregate(void **state)
{
	(void)state;
	expect_golden("dotnet", "aggregate");
}

static void reads_aspnet(void **state)
{
	(void)state;
	expect_golden("dotnet", "aspnet");
}

static void reads_awaited(void **state)
{
	(void)state;
	expect_golden("dotnet", "awaited");
}

static void reads_constructor(void **state)
{
	(void)state;
	expect_golden("dotnet", "constructor");
}

static void reads_generic(void **state)
{
	(void)state;
	expect_golden("dotnet", "generic");
}

static void reads_inner(void **state)
{
	(void)state;
	expect_golden("dotnet", "inner");
}

static void reads_kestrel(void **state)
{
	(void)state;
	expect_golden("dotnet", "kestrel");
}

static void reads_no_message(void **state)
{
	(void)state;
	expect_golden("dotnet", "no_message");
}

static void reads_serilog(void **state)
{
	(void)state;
	expect_golden("dotnet", "serilog");
}

static void reads_system_error(void **state)
{
	(void)state;
	expect_golden("dotnet", "system_error");
}

static void reads_task_result(void **state)
{
	(void)state;
	expect_golden("dotnet", "task_result");
}

static void reads_thread(void **state)
{
	(void)state;
	expect_golden("dotnet", "thread");
}

static void reads_uncaught(void **state)
{
	(void)state;
	expect_golden("dotnet", "uncaught");
}

static void reads_with_lines(void **state)
{
	(void)state;
	expect_golden("dotnet", "with_lines");
}

/* wanted: JSON with single quotes. */
static void expect_found(const char *text, const char *wanted)
{
	char *json = strdup(wanted);

	for (char *at = json; *at; at++)
		if (*at == '\'')
			*at = '"';
	expect_reports(text, json);
	free(json);
}

static void only_looks_like_it(void **state)
{
	(void)state;
	expect_found("System.IO.IOException: pipe gone\n", "[]");
	expect_found("fail: Shop.Cart[1]\n      cart failed: System.Exception: x\n", "[]");
	expect_found("   at Shop.Cart.Total(Int32 n)\n", "[]");
	expect_found("Shop.Cart: ready\nShop.Cart: open\n", "[]");
}

/* .NET Framework and .NET Core 2 print the first member of a group twice. */
static void reads_first_member_once(void **state)
{
	(void)state;
	expect_found(
		"Unhandled Exception: System.AggregateException: both (a) (b) ---> x\n"
		" ---> System.Exception: a\n"
		"   at P.A()\n"
		"   --- End of inner exception stack trace ---\n"
		"   at P.Main()\n"
		"---> (Inner Exception #0) System.Exception: a\n"
		"   at P.A()<---\n"
		"\n"
		"---> (Inner Exception #1) System.Exception: b\n"
		"   at P.B(Int32& n, Func`2 f)<---\n",
		"[{'language':'dotnet','manner':'uncaught',"
		"'mechanism':'AppDomain.UnhandledException','exceptions':["
		"{'type':'AggregateException','module':'System','value':'both (a) (b) ---> x',"
		"'relation':'raised','is_group':true,'frames':[{'function':'Main','module':'P'}]},"
		"{'type':'Exception','module':'System','value':'a','relation':'member','parent':0,"
		"'frames':[{'function':'A','module':'P'}]},"
		"{'type':'Exception','module':'System','value':'b','relation':'member','parent':0,"
		"'frames':[{'function':'B','module':'P'}]}]}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_aggregate),    cmocka_unit_test(reads_aspnet),
		cmocka_unit_test(reads_awaited),      cmocka_unit_test(reads_constructor),
		cmocka_unit_test(reads_generic),      cmocka_unit_test(reads_inner),
		cmocka_unit_test(reads_kestrel),      cmocka_unit_test(reads_no_message),
		cmocka_unit_test(reads_serilog),      cmocka_unit_test(reads_system_error),
		cmocka_unit_test(reads_task_result),  cmocka_unit_test(reads_thread),
		cmocka_unit_test(reads_uncaught),     cmocka_unit_test(reads_with_lines),
		cmocka_unit_test(only_looks_like_it), cmocka_unit_test(reads_first_member_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
