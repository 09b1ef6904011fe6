/* Numbers at the ends of places, and what is none. */
#include "cmocka_test.h"
#include "tracebacks/source_place.h"

static void expect_cut(const char *text, const char *left, uint32_t wanted)
{
	struct view view = view_of_text(text);
	uint32_t number = 7;

	assert_int_equal(source_place_cut_number(&view, VIEW_LITERAL(":"), &number), left != NULL);
	assert_view(view, left ? left : text);
	assert_int_equal(number, left ? wanted : 7);
}

static void cuts_numbers(void **state)
{
	(void)state;
	expect_cut("x.js:12", "x.js", 12);
	expect_cut("C:3:0", "C:3", 0);
	expect_cut("x:4294967295", "x", UINT32_MAX);
	expect_cut("x:4294967296", NULL, 0);
	expect_cut("x:99999999999999999999", NULL, 0);
	expect_cut(":12", NULL, 0);
	expect_cut("x12", NULL, 0);
	expect_cut("x:", NULL, 0);
	expect_cut("12", NULL, 0);
	expect_cut("", NULL, 0);
}

static void reads_leading_numbers(void **state)
{
	(void)state;
	assert_int_equal(source_place_leading_number(VIEW_LITERAL("23 more")), 23);
	assert_int_equal(source_place_leading_number(VIEW_LITERAL("more")), 0);
	assert_int_equal(source_place_leading_number(VIEW_LITERAL("99999999999")), UINT32_MAX);
}

static void counts_indentation(void **state)
{
	(void)state;
	assert_int_equal(source_place_indent(VIEW_LITERAL(" \t at")), 3);
	assert_int_equal(source_place_indent(VIEW_LITERAL("  ")), 2);
	assert_int_equal(source_place_indent(VIEW_LITERAL("")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_numbers),
		cmocka_unit_test(reads_leading_numbers),
		cmocka_unit_test(counts_indentation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
