/* Lines of PHP, whole and cut at every offset. */
#include "cmocka_test.h"

#include "tracebacks/php_lines.h"

static struct php_head read_head(const char *text)
{
	struct view line = view_of_text(text);
	struct php_head head;

	for (size_t cut = 0; cut < line.size; cut++) {
		struct view copy = exact_copy(view_take(line, cut));

		(void)php_lines_read_head(copy, &head);
		free_copy(copy);
	}
	(void)php_lines_read_head(line, &head);
	return head;
}

static void expect_head(const char *text, enum php_head_kind kind, const char *type,
			const char *value, const char *file, uint32_t number)
{
	struct php_head head = read_head(text);

	if (head.kind != kind)
		fail_msg("%s: kind %d", text, head.kind);
	assert_view(head.type, type);
	assert_view(head.value, value);
	assert_view(head.place.file, file);
	assert_int_equal(head.place.line, number);
}

static void reads_heads(void **unused)
{
	(void)unused;
	expect_head("PHP Fatal error:  Uncaught Shop\\Error: a: b in /srv/app/x.php:3",
		    PHP_HEAD_UNCAUGHT, "Shop\\Error", "a: b", "/srv/app/x.php", 3);
	expect_head("Fatal error: Uncaught Exception in /srv/app/x.php:3", PHP_HEAD_UNCAUGHT,
		    "Exception", "", "/srv/app/x.php", 3);
	expect_head("NOTICE: PHP message: PHP Fatal error:  Uncaught Exception: first",
		    PHP_HEAD_UNCAUGHT, "Exception", "first", "", 0);
	expect_head("PHP Fatal error:  Maximum execution time of 1 second exceeded in /x.php on "
		    "line 7",
		    PHP_HEAD_FATAL, "Fatal error", "Maximum execution time of 1 second exceeded",
		    "/x.php", 7);
	expect_head("<b>Parse error</b>:  syntax error in <b>/x.php</b> on line <b>7</b><br />",
		    PHP_HEAD_PARSE, "ParseError", "syntax error", "/x.php", 7);
	expect_head("RuntimeException: boom in /x.php:3", PHP_HEAD_STRING, "RuntimeException",
		    "boom", "/x.php", 3);
	expect_head("[21-Nov-2026 10:00:00 UTC] A\\B: boom in /x.php(3) : eval()'d code:1",
		    PHP_HEAD_STRING, "A\\B", "boom", "/x.php(3) : eval()'d code", 1);
	expect_head("[2026-11-21] app.CRITICAL: Uncaught PHP Exception RuntimeException: \"boom\" "
		    "at /x.php line 3",
		    PHP_HEAD_SYMFONY, "RuntimeException", "boom", "/x.php", 3);
	expect_head("local.ERROR: boom {\"exception\":\"[object] (App\\\\E(code: 0): boom at now "
		    "at /x.php:3)",
		    PHP_HEAD_OBJECT, "App\\\\E", "boom at now", "/x.php", 3);
}

static void knows_what_is_none(void **unused)
{
	static const char *const lines[] = {
		"",
		"PHP Warning:  Undefined variable $x in /x.php on line 5",
		"PHP Notice:  x in /x.php on line 5",
		"Fatal error: cannot open file",
		"Fatal error: Uncaught not a class",
		"Parse error: x on line 3",
		"Parse error: x in f on line x",
		"two words: x in /x.php:3",
		"[object] (A(code: 0): boom at /x.php:3",
		"Uncaught PHP Exception A: \"boom\" at x line y",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		expect_head(lines[i], PHP_HEAD_NONE, "", "", "", 0);
}

static void expect_frame(const char *text, const char *file, uint32_t line, const char *function)
{
	struct php_frame frame = {0};

	if (!php_lines_read_frame(view_of_text(text), &frame))
		fail_msg("%s", text);
	assert_view(frame.place.file, file);
	assert_int_equal(frame.place.line, line);
	assert_view(frame.function, function);
	assert_int_equal(frame.is_internal, strstr(text, "[internal function]") != NULL);
}

static void reads_frames(void **unused)
{
	struct php_frame frame;

	(void)unused;
	expect_frame("#0 /x (1)/y.php(9): Shop\\Cart->total('secret', 1)", "/x (1)/y.php", 9,
		     "Shop\\Cart->total");
	expect_frame("#12 [internal function]: {closure}('a (b): c')", "", 0, "{closure}");
	expect_frame("#1 /x.php(9): {closure:f():5}(1)", "/x.php", 9, "{closure:f():5}");
	expect_frame("#0 /x.php(3) : eval()'d code(1): f()", "/x.php(3) : eval()'d code", 1, "f");
	assert_true(php_lines_read_frame(VIEW_LITERAL("#3 {main}"), &frame) && frame.is_main);
	assert_false(php_lines_read_frame(VIEW_LITERAL("#3 x.php: f()"), &frame));
	assert_false(php_lines_read_frame(VIEW_LITERAL("# 3 {main}"), &frame));
	assert_false(php_lines_read_frame(VIEW_LITERAL("#x"), &frame));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_heads),
		cmocka_unit_test(knows_what_is_none),
		cmocka_unit_test(reads_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
