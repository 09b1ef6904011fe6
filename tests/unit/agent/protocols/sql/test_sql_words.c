/* Words in lists, whatever their case and size. */
#include "cmocka_test.h"

#include "protocols/sql/sql_words.h"

static void finds_whole_words(void **state)
{
	(void)state;
	assert_true(sql_words_has(sql_words_operations, VIEW_LITERAL("SELECT")));
	assert_true(sql_words_has(sql_words_operations, VIEW_LITERAL("select")));
	assert_true(sql_words_has(sql_words_objects, VIEW_LITERAL("Table")));
	assert_true(sql_words_has(sql_words_routines, VIEW_LITERAL("trigger")));
	assert_true(sql_words_has(sql_words_list_ends, VIEW_LITERAL("where")));
	assert_true(sql_words_has(sql_words_not_names, VIEW_LITERAL("values")));
	assert_false(sql_words_has(sql_words_operations, VIEW_LITERAL("SELEC")));
	assert_false(sql_words_has(sql_words_operations, VIEW_LITERAL("ELECT")));
	assert_false(sql_words_has(sql_words_operations, VIEW_LITERAL("SELECT INSERT")));
	assert_false(sql_words_has(sql_words_operations, VIEW_LITERAL("")));
	assert_false(sql_words_has(sql_words_operations, VIEW_LITERAL("SEL\0ECT")));
	assert_false(sql_words_has(sql_words_operations,
				   VIEW_LITERAL("SELECTSELECTSELECTSELECTSELECT")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(finds_whole_words)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
