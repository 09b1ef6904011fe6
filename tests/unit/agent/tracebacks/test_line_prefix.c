/* What stands in front of reports: where it may end, and that the same shape is taken off again. */
#include "cmocka_test.h"
#include "tracebacks/line_prefix.h"

/* One of the ends is where the rest begins. */
static void expect_end(const char *prefix, const char *rest)
{
	uint16_t ends[MAX_PREFIX_ENDS];
	char line[256];
	struct view copy;
	size_t count;
	bool is_found = false;

	snprintf(line, sizeof(line), "%s%s", prefix, rest);
	copy = exact_copy(view_of_text(line));
	count = line_prefix_ends(copy, ends);
	assert_true(count <= MAX_PREFIX_ENDS);
	for (size_t i = 0; i < count; i++)
		is_found |= ends[i] == strlen(prefix);
	if (!is_found)
		fail_msg("no end behind \"%s\"", prefix);
	free_copy(copy);
}

static void test_ends(void **state)
{
	static const char *const prefixes[] = {
		"web_1  | ",
		"2026-11-21T17:00:00.123456789Z stderr F ",
		"2026-11-21 17:00:00,123 ERROR ",
		"[2026-11-21 17:00:00 +0000] [12] [ERROR] ",
		"Nov 21 17:00:00 web1 shop[77]: ",
		"E1121 17:00:00.000000     123 file.go:12] ",
		"ERROR:shop:",
		"2026-11-21 17:00:00 - shop - ERROR - ",
		"ERROR\tshop\t",
		"[err] ",
		"CRITICAL ",
		"17:00:00.123 ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		expect_end(prefixes[i], "Traceback (most recent call last):");
}

static void test_no_ends(void **state)
{
	uint16_t ends[MAX_PREFIX_ENDS];
	char many[600];

	(void)state;
	assert_int_equal(line_prefix_ends(VIEW_LITERAL(""), ends), 0);
	assert_int_equal(line_prefix_ends(VIEW_LITERAL("see the Traceback"), ends), 0);
	assert_int_equal(line_prefix_ends(VIEW_LITERAL("web | "), ends), 0);
	for (size_t i = 0; i < sizeof(many); i++)
		many[i] = i % 2 ? ' ' : ':';
	assert_int_equal(line_prefix_ends(view_of(many, sizeof(many)), ends), MAX_PREFIX_ENDS);
}

static void expect_removed(const char *prefix, const char *line, const char *wanted)
{
	struct line_prefix set;
	struct view copy = exact_copy(view_of_text(line));

	line_prefix_set(&set, view_of_text(prefix));
	assert_view(line_prefix_remove(&set, copy), wanted);
	free_copy(copy);
}

static void test_remove(void **state)
{
	(void)state;
	expect_removed("web_1  | ", "web_1  |   File", "  File");
	expect_removed("web_1  | ", "web_1  |", "");
	expect_removed("web_1  | ", "web_2  | x", "x");
	expect_removed("web_1  | ", "web_11  | x", "x");
	expect_removed("web_1  | ", "db_1  | x", "db_1  | x");
	expect_removed("web_1  | ", "web_1", "web_1");
	expect_removed("17:00:00,123 ", "17:00:01,7   at x", "  at x");
	expect_removed("", "  at x", "  at x");
	expect_removed("a: ", "", "");
}

static void test_too_long(void **state)
{
	struct line_prefix set;
	char bytes[MAX_LINE_PREFIX + 1];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	line_prefix_set(&set, view_of(bytes, sizeof(bytes)));
	assert_int_equal(set.size, 0);
	line_prefix_set(&set, view_of(bytes, MAX_LINE_PREFIX));
	assert_int_equal(set.size, MAX_LINE_PREFIX);
}

static void test_words(void **state)
{
	(void)state;
	assert_true(line_prefix_is_level(VIEW_LITERAL("ERROR")));
	assert_true(line_prefix_is_level(VIEW_LITERAL("[warn]:")));
	assert_false(line_prefix_is_level(VIEW_LITERAL("Errors")));
	assert_false(line_prefix_is_level(VIEW_LITERAL("E")));
	assert_true(line_prefix_is_time(VIEW_LITERAL("2026-11-21T17:00:00Z")));
	assert_true(line_prefix_is_time(VIEW_LITERAL("[17:00:00,123]")));
	assert_false(line_prefix_is_time(VIEW_LITERAL("12")));
	assert_false(line_prefix_is_time(VIEW_LITERAL("10.0.0.x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),   cmocka_unit_test(test_no_ends),
		cmocka_unit_test(test_remove), cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
