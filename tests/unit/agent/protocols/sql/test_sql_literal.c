/* Where strings, numbers and comments end. */
#include "cmocka_test.h"

#include "protocols/sql/sql_literal.h"

static size_t quoted(const char *text, enum sql_escapes escapes, bool wanted_open)
{
	struct view copy = exact_copy(view_of_text(text));
	bool is_open;
	size_t end = sql_literal_quoted(copy, 0, escapes, &is_open);

	free_copy(copy);
	assert_int_equal(is_open, wanted_open);
	return end;
}

static void ends_strings(void **state)
{
	(void)state;
	assert_int_equal(quoted("'a' b", SQL_ESCAPES_NONE, false), 3);
	assert_int_equal(quoted("'a''b' c", SQL_ESCAPES_NONE, false), 6);
	assert_int_equal(quoted("'a", SQL_ESCAPES_NONE, true), 2);
	assert_int_equal(quoted("'a''", SQL_ESCAPES_NONE, true), 4);
	assert_int_equal(quoted("'a\\'b' c", SQL_ESCAPES_NONE, false), 4);
	assert_int_equal(quoted("'a\\'b' c", SQL_ESCAPES_BACKSLASH, false), 6);
	assert_int_equal(quoted("'a\\'b' c", SQL_ESCAPES_UNKNOWN, true), 8);
	assert_int_equal(quoted("'a\\\\' c", SQL_ESCAPES_UNKNOWN, false), 5);
	assert_int_equal(quoted("'a\\", SQL_ESCAPES_BACKSLASH, true), 3);
	assert_int_equal(quoted("\"a'b\" c", SQL_ESCAPES_NONE, false), 5);
}

static void ends_dollar_strings(void **state)
{
	(void)state;
	assert_int_equal(sql_literal_dollar(VIEW_LITERAL("$$a$$ b"), 0, false), 5);
	assert_int_equal(sql_literal_dollar(VIEW_LITERAL("$t$a$$t$ b"), 0, false), 8);
	assert_int_equal(sql_literal_dollar(VIEW_LITERAL("$t$a"), 0, false), 4);
	assert_int_equal(sql_literal_dollar(VIEW_LITERAL("$1"), 0, false), 0);
	assert_int_equal(sql_literal_dollar(VIEW_LITERAL("$a b$"), 0, false), 0);
	assert_int_equal(sql_literal_dollar(VIEW_LITERAL("$a"), 0, false), 0);
	assert_int_equal(sql_literal_dollar(VIEW_LITERAL("$a"), 0, true), 2);
}

static void ends_numbers(void **state)
{
	(void)state;
	assert_int_equal(sql_literal_number(VIEW_LITERAL("12,"), 0), 2);
	assert_int_equal(sql_literal_number(VIEW_LITERAL("-1.5e-3 "), 0), 7);
	assert_int_equal(sql_literal_number(VIEW_LITERAL("0x1E-5"), 0), 4);
	assert_int_equal(sql_literal_number(VIEW_LITERAL(".5)"), 0), 2);
	assert_int_equal(sql_literal_number(VIEW_LITERAL("1e-"), 0), 2);
	assert_int_equal(sql_literal_number(VIEW_LITERAL("- 1"), 0), 0);
	assert_int_equal(sql_literal_number(VIEW_LITERAL(".a"), 0), 0);
	assert_int_equal(sql_literal_number(VIEW_LITERAL("-"), 0), 0);
}

static void ends_uuids(void **state)
{
	struct view whole = VIEW_LITERAL("abcdef01-89ab-cdef-0123-456789abcdef");

	(void)state;
	assert_int_equal(sql_literal_uuid(whole, 0, false), 36);
	assert_int_equal(sql_literal_uuid(view_take(whole, 12), 0, false), 0);
	assert_int_equal(sql_literal_uuid(view_take(whole, 12), 0, true), 12);
	assert_int_equal(sql_literal_uuid(VIEW_LITERAL("abcdefg"), 0, true), 0);
	assert_int_equal(
		sql_literal_uuid(VIEW_LITERAL("abcdef01-89ab-cdef-0123-456789abcdef0"), 0, false),
		0);
}

static void ends_comments(void **state)
{
	struct view nested = VIEW_LITERAL("/* a /* b */ c */ d");

	(void)state;
	assert_int_equal(sql_literal_block_comment(nested, 0, SQL_NESTING_NONE), 12);
	assert_int_equal(sql_literal_block_comment(nested, 0, SQL_NESTING_COUNTED), 17);
	assert_int_equal(sql_literal_block_comment(nested, 0, SQL_NESTING_UNKNOWN), nested.size);
	assert_int_equal(sql_literal_block_comment(VIEW_LITERAL("/*/ a"), 0, SQL_NESTING_NONE), 5);
	assert_int_equal(sql_literal_line_comment(VIEW_LITERAL("-- a\rb\nc"), 0, true), 4);
	assert_int_equal(sql_literal_line_comment(VIEW_LITERAL("-- a\rb\nc"), 0, false), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_strings),  cmocka_unit_test(ends_dollar_strings),
		cmocka_unit_test(ends_numbers),  cmocka_unit_test(ends_uuids),
		cmocka_unit_test(ends_comments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
