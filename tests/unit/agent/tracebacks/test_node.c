/* What Node.js really prints, and what only looks like it. */
#include "traceback_vectors.h"

static void reads_aggregate(void **state)
{
	(void)state;
	expect_golden("node", "aggregate");
}

static void reads_any_of(void **state)
{
	(void)state;
	expect_golden("node", "any_of");
}

static void reads_bad_syntax(void **state)
{
	(void)state;
	expect_golden("node", "bad_syntax");
}

static void reads_cause(void **state)
{
	(void)state;
	expect_golden("node", "cause");
}

static void reads_class_only(void **state)
{
	(void)state;
	expect_golden("node", "class_only");
}

static void reads_deep(void **state)
{
	(void)state;
	expect_golden("node", "deep");
}

static void reads_emitted(void **state)
{
	(void)state;
	expect_golden("node", "emitted");
}

static void reads_evaluated(void **state)
{
	(void)state;
	expect_golden("node", "evaluated");
}

static void reads_express(void **state)
{
	(void)state;
	expect_golden("node", "express");
}

static void reads_from_command_line(void **state)
{
	(void)state;
	expect_golden("node", "from_command_line");
}

static void reads_inspected(void **state)
{
	(void)state;
	expect_golden("node", "inspected");
}

static void reads_logged(void **state)
{
	(void)state;
	expect_golden("node", "logged");
}

static void reads_missing_export(void **state)
{
	(void)state;
	expect_golden("node", "missing_export");
}

static void reads_missing_file(void **state)
{
	(void)state;
	expect_golden("node", "missing_file");
}

static void reads_missing_module(void **state)
{
	(void)state;
	expect_golden("node", "missing_module");
}

static void reads_module(void **state)
{
	(void)state;
	expect_golden("node", "module");
}

static void reads_multi_line(void **state)
{
	(void)state;
	expect_golden("node", "multi_line");
}

static void reads_pino(void **state)
{
	(void)state;
	expect_golden("node", "pino");
}

static void reads_rejected_value(void **state)
{
	(void)state;
	expect_golden("node", "rejected_value");
}

static void reads_rejection(void **state)
{
	(void)state;
	expect_golden("node", "rejection");
}

static void reads_thrown_value(void **state)
{
	(void)state;
	expect_golden("node", "thrown_value");
}

static void reads_uncaught(void **state)
{
	(void)state;
	expect_golden("node", "uncaught");
}

static void reads_warned(void **state)
{
	(void)state;
	expect_golden("node", "warned");
}

static void reads_winston(void **state)
{
	(void)state;
	expect_golden("node", "winston");
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
	expect_found("Error: x\n", "[]");
	expect_found("request failed: TypeError: x is not a function\nGET / 200\n", "[]");
	expect_found("    at noon (12:00)\nError: it is\n", "[]");
	expect_found("(node:7) DeprecationWarning: old\n    at f (/srv/app/x.js:1:2)\n", "[]");
	expect_found("/srv/app/x.js:3\nis where it happened\n", "[]");
}

#define ONE_FRAME(value)                                                                           \
	"'exceptions':[{'type':'TypeError','value':'" value "','relation':'raised','frames':["     \
	"{'function':'f','file':'/srv/app/x.ts','line':3,'column':7"

static void reads_old_warnings(void **state)
{
	(void)state;
	expect_found("(node:12) UnhandledPromiseRejectionWarning: TypeError: a\r\n"
		     "    at async f [as g] (file:///srv/app/x.ts:3:7)\r\n",
		     "[{'language':'node','manner':'unobserved',"
		     "'mechanism':'onunhandledrejection'," ONE_FRAME("a") "}]}]}]");
}

static void reads_deno_and_bun(void **state)
{
	(void)state;
	expect_found("error: Uncaught (in promise) TypeError: a\n  throw new TypeError();\n"
		     "        ^\n    at f (file:///srv/app/x.ts:3:7)\n",
		     "[{'language':'node','manner':'uncaught',"
		     "'mechanism':'onunhandledrejection'," ONE_FRAME(
			     "a") ","
				  "'context_line':'  throw new TypeError();'}]}]}]");
	expect_found(
		"TypeError: a\n      at f (/srv/app/x.ts:3:7)\n\nBun v1.1.0 (Linux x64)\n",
		"[{'language':'node','manner':'uncaught',"
		"'mechanism':'onuncaughtexception','runtime_version':'Bun v1.1.0 (Linux x64)'," ONE_FRAME(
			"a") "}]}]}]");
}

/* Below a long line no caret is to be seen; of a very long one the beginning has not come. */
static void reads_programs_of_one_line(void **state)
{
	static const char wanted[] =
		"[{'language':'node','manner':'uncaught','mechanism':'onuncaughtexception',"
		"'runtime_version':'v20.20.2'," ONE_FRAME("a");
	char text[4000], json[4000];

	(void)state;
	for (int is_whole = 0; is_whole < 2; is_whole++) {
		snprintf(text, sizeof(text),
			 "%svar a=1;\n%1020s\n\nTypeError: a\n    at f (/srv/app/x.ts:3:7)\n"
			 "\nNode.js v20.20.2\n",
			 is_whole ? "/srv/app/x.ts:3\n" : "", "");
		snprintf(json, sizeof(json), "%s%s}]}]}]", wanted,
			 is_whole ? ",'context_line':'var a=1;'" : "");
		expect_found(text, json);
	}
	expect_found("/srv/app/x.ts:3\nvar a=1;\n\nTypeError\n", "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_aggregate),
		cmocka_unit_test(reads_any_of),
		cmocka_unit_test(reads_bad_syntax),
		cmocka_unit_test(reads_cause),
		cmocka_unit_test(reads_class_only),
		cmocka_unit_test(reads_deep),
		cmocka_unit_test(reads_emitted),
		cmocka_unit_test(reads_evaluated),
		cmocka_unit_test(reads_express),
		cmocka_unit_test(reads_from_command_line),
		cmocka_unit_test(reads_inspected),
		cmocka_unit_test(reads_logged),
		cmocka_unit_test(reads_missing_export),
		cmocka_unit_test(reads_missing_file),
		cmocka_unit_test(reads_missing_module),
		cmocka_unit_test(reads_module),
		cmocka_unit_test(reads_multi_line),
		cmocka_unit_test(reads_pino),
		cmocka_unit_test(reads_rejected_value),
		cmocka_unit_test(reads_rejection),
		cmocka_unit_test(reads_thrown_value),
		cmocka_unit_test(reads_uncaught),
		cmocka_unit_test(reads_warned),
		cmocka_unit_test(reads_winston),
		cmocka_unit_test(only_looks_like_it),
		cmocka_unit_test(reads_old_warnings),
		cmocka_unit_test(reads_deno_and_bun),
		cmocka_unit_test(reads_programs_of_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
