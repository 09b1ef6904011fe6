/* Escapes, entities, quotes and names in PHP's reports. */
#include "cmocka_test.h"

#include "tracebacks/php_text.h"

static struct traceback *new_report(void **state)
{
	struct traceback *report;

	assert_int_equal(traceback_new(&report, LANGUAGE_PHP), 0);
	*state = report;
	return report;
}

static void names_functions(void **state)
{
	static const char anonymous[] = "class@anonymous\0/srv/app/x.php:3$0->run";
	struct traceback *report = new_report(state);

	assert_view(php_text_function(report, VIEW_LITERAL("A\\B->c")), "A\\B::c");
	assert_view(php_text_function(report, VIEW_LITERAL("A-&gt;c")), "A::c");
	assert_view(php_text_function(report, VIEW_LITERAL("A::c")), "A::c");
	assert_view(php_text_function(report, VIEW_LITERAL("")), "");
	assert_view(php_text_function(report, view_of(anonymous, sizeof(anonymous) - 1)),
		    "class@anonymous::run");
	traceback_free(&report);
}

static void takes_escapes_off(void **state)
{
	struct traceback *report = new_report(state);

	assert_view(php_text_unescape(report, VIEW_LITERAL("a\\\\b\\/c\\\"d\\ne\\tf\\u00e9\\")),
		    "a\\b/c\"d\ne\tf\\u00e9\\");
	assert_view(php_text_unescape(report, VIEW_LITERAL("")), "");
	traceback_free(&report);
}

static void splits_escaped_lines(void **state)
{
	struct view rest = VIEW_LITERAL("a\\\\nb\\nc\\\"d\\n\\ne\"} []"), line;

	(void)state;
	assert_true(php_text_next_escaped_line(&rest, &line));
	assert_view(line, "a\\\\nb");
	assert_true(php_text_next_escaped_line(&rest, &line));
	assert_view(line, "c\\\"d");
	assert_true(php_text_next_escaped_line(&rest, &line));
	assert_view(line, "");
	assert_true(php_text_next_escaped_line(&rest, &line));
	assert_view(line, "e");
	assert_false(php_text_next_escaped_line(&rest, &line));
}

static void takes_quotes_off(void **state)
{
	bool is_quoted = false;

	(void)state;
	assert_view(php_text_unquote(VIEW_LITERAL("a \"b\""), &is_quoted), "a \"b\"");
	assert_false(is_quoted);
	assert_view(
		php_text_unquote(VIEW_LITERAL("[x] child 3 said into stderr: \"a\""), &is_quoted),
		"a");
	assert_true(is_quoted);
	assert_view(php_text_unquote(VIEW_LITERAL("#0 {main}\""), &is_quoted), "#0 {main}");
}

static void decodes_entities(void **state)
{
	struct traceback *report = new_report(state);
	struct exception *exception = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);

	exception->value = VIEW_LITERAL("&lt;a&gt; &amp;amp; &quot;&#039;&nbsp;&");
	php_text_decode_html(report);
	assert_view(exception->value, "<a> &amp; \"'&nbsp;&");
	traceback_free(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_functions),      cmocka_unit_test(takes_escapes_off),
		cmocka_unit_test(splits_escaped_lines), cmocka_unit_test(takes_quotes_off),
		cmocka_unit_test(decodes_entities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
