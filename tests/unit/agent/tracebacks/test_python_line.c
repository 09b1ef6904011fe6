/* Lines of Python's reports, each by itself. */
#include "cmocka_test.h"
#include "tracebacks/python_line.h"

static void expect_location(const char *line, const char *file, uint32_t number,
			    const char *function)
{
	struct python_location location;

	assert_true(python_line_location(view_of_text(line), &location));
	assert_view(location.file, file);
	assert_view(location.function, function);
	assert_int_equal(location.line, number);
}

static void test_locations(void **state)
{
	struct python_location location;

	(void)state;
	expect_location("  File \"/a b.py\", line 12, in f", "/a b.py", 12, "f");
	expect_location("  File \"<string>\", line 1", "<string>", 1, "");
	expect_location("  File \"a\"b\", line 3, in <module>", "a\"b", 3, "<module>");
	assert_false(python_line_location(VIEW_LITERAL("  File \"a\", line 3 in f"), &location));
	assert_false(python_line_location(VIEW_LITERAL("  File \"a\", line , in f"), &location));
	assert_false(python_line_location(VIEW_LITERAL("File \"a\", line 3, in f"), &location));
	assert_false(
		python_line_location(VIEW_LITERAL("  File \"a\", line 99999999999"), &location));
	assert_int_equal(
		python_line_repeats(VIEW_LITERAL("  [Previous line repeated 996 more times]")),
		996);
	assert_int_equal(python_line_repeats(VIEW_LITERAL("  [Previous line repeated 9 mor")), 0);
}

static void expect_type(const char *line, const char *module, const char *type, const char *value)
{
	struct python_type read;

	assert_true(python_line_type(view_of_text(line), &read));
	assert_view(read.module, module);
	assert_view(read.type, type);
	assert_view(read.value, value);
}

static void test_types(void **state)
{
	static const char *const none[] = {"",      "a b: c", "x:y",     "1: c",
					   ".a: b", "a..b",   "<locals>"};
	struct python_type type;

	(void)state;
	expect_type("ValueError: a: b", "", "ValueError", "a: b");
	expect_type("AssertionError", "", "AssertionError", "");
	expect_type("ValueError:", "", "ValueError", "");
	expect_type("json.decoder.JSONDecodeError: x", "json.decoder", "JSONDecodeError", "x");
	expect_type("shop.Shop.Error: x", "shop", "Error", "x");
	expect_type("shop.f.<locals>.Lost: x", "shop", "Lost", "x");
	expect_type("f.<locals>.Lost", "", "Lost", "");
	expect_type("__main__.Lost: x", "", "Lost", "x");
	expect_type("socket.error: x", "socket", "error", "x");
	expect_type("Größe: x", "", "Größe", "x");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (python_line_type(view_of_text(none[i]), &type))
			fail_msg("\"%s\" is none", none[i]);
}

static void expect_margin(const char *line, enum python_margin wanted, uint32_t level,
			  const char *text)
{
	struct view inner = {0};
	uint32_t got = 99;

	assert_int_equal(python_line_margin(view_of_text(line), &got, &inner), wanted);
	if (wanted != MARGIN_NONE)
		assert_int_equal(got, level);
	assert_view(inner, text);
}

static void test_margins(void **state)
{
	(void)state;
	expect_margin("  + Exception Group Traceback", MARGIN_TEXT, 0, "Exception Group Traceback");
	expect_margin("  |   File", MARGIN_TEXT, 0, "  File");
	expect_margin("    |", MARGIN_TEXT, 1, "");
	expect_margin("  +-+---------------- 1 ----------------", MARGIN_MEMBER, 1, "");
	expect_margin("    +---------------- 12 ----------------", MARGIN_MEMBER, 1, "");
	expect_margin("    +-+---------------- 1 ----------------", MARGIN_MEMBER, 2, "");
	expect_margin("    +---------------- ... ----------------", MARGIN_MORE, 1, "");
	expect_margin("    +------------------------------------", MARGIN_CLOSE, 1, "");
	expect_margin("    +--", MARGIN_NONE, 0, "");
	expect_margin("   | x", MARGIN_NONE, 0, "");
	expect_margin("| x", MARGIN_NONE, 0, "");
	expect_margin("", MARGIN_NONE, 0, "");
}

static void test_sentences(void **state)
{
	bool is_group;

	(void)state;
	assert_true(python_line_is_header(VIEW_LITERAL("Traceback (most recent call last):"),
					  &is_group));
	assert_false(is_group);
	assert_true(python_line_is_header(
		VIEW_LITERAL("Exception Group Traceback (most recent call last):"), &is_group));
	assert_true(is_group);
	assert_false(python_line_is_header(VIEW_LITERAL("Traceback (most recent call last)"),
					   &is_group));
	assert_true(python_line_is_cause(VIEW_LITERAL(
		"The above exception was the direct cause of the following exception:")));
	assert_true(python_line_is_context(VIEW_LITERAL(
		"During handling of the above exception, another exception occurred:")));
	assert_false(python_line_is_context(VIEW_LITERAL("During handling")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_locations),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_margins),
		cmocka_unit_test(test_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
