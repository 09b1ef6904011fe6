/* Types and values as Go prints them. */
#include "base/cleanup.h"
#include "cmocka_test.h"
#include "tracebacks/go_value.h"

static void check(const char *printed, const char *type, const char *value, bool is_recovered)
{
	_cleanup_(traceback_free) struct traceback *report = NULL;
	struct exception *exception;

	assert_int_equal(traceback_new(&report, LANGUAGE_GO), 0);
	exception = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	exception->value = view_of_text(printed);
	assert_int_equal(go_value_settle(report, exception, true), is_recovered);
	assert_view(exception->type, type);
	assert_view(exception->value, value);
}

static void types_are_taken_from_values(void **state)
{
	(void)state;
	check("out of tea", "panic", "out of tea", false);
	check("", "panic", "", false);
	check("out of tea [recovered]", "panic", "out of tea", true);
	check("a [recovered, repanicked]", "panic", "a", true);
	check("main.code(\"E42\")", "main.code", "E42", false);
	check("main.code(\"one\n\ttwo\") [recovered]", "main.code", "one\n\ttwo", true);
	check("github.com/a/b.id(-42)", "github.com/a/b.id", "-42", false);
	check("main.flag(true)", "main.flag", "true", false);
	check("main.order{id:1}", "main.order", "{id:1}", false);
	check("(main.order) 0xc0000120c0", "main.order", "0xc0000120c0", false);
	check("(*errors.errorString) {0x1}", "*errors.errorString", "{0x1}", false);
	check("main.run(x) failed", "panic", "main.run(x) failed", false);
	check("main.run(x)", "panic", "main.run(x)", false);
	check("(see main.go) please", "panic", "(see main.go) please", false);
	check("runtime error: integer divide by zero", "runtime.Error",
	      "runtime error: integer divide by zero", false);
	check("panic called with nil argument (use GODEBUG=panicnil=1 to disable)",
	      "*runtime.PanicNilError",
	      "panic called with nil argument (use GODEBUG=panicnil=1 to disable)", false);
}

static void loggers_name_the_value(void **state)
{
	struct view value;

	(void)state;
	assert_true(go_value_find(VIEW_LITERAL("2026/11/21 10:00:00 http: panic serving "
					       "[::1]:5555: runtime error: x"),
				  &value));
	assert_view(value, "runtime error: x");
	assert_true(go_value_find(VIEW_LITERAL("[PANIC RECOVER] a: b"), &value));
	assert_view(value, "a: b");
	assert_true(go_value_find(VIEW_LITERAL("panic recovered: a"), &value));
	assert_view(value, "a");
	assert_true(go_value_find(VIEW_LITERAL("a Panic"), &value));
	assert_view(value, "");
	assert_true(go_value_find(VIEW_LITERAL("panic serving nobody"), &value));
	assert_view(value, "");
	assert_false(go_value_find(VIEW_LITERAL("all is well"), &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_taken_from_values),
		cmocka_unit_test(loggers_name_the_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
