/* Summaries of what the cases of test_sql_text.c leave out: bounds, and names at their edges. */
#include "cmocka_test.h"

#include "protocols/sql/sql_summary.h"

static void assert_summary(const char *query, bool is_cut, const char *wanted)
{
	struct sql_summary summary;
	struct sql_text text;
	struct sql_lexer lexer;
	struct sql_token token;

	sql_summary_start(&summary, &text);
	sql_token_start(&lexer, SQL_POSTGRESQL, view_of_text(query), is_cut);
	while (sql_token_next(&lexer, &token))
		sql_summary_add(&summary, &token);
	sql_summary_finish(&summary, is_cut);
	assert_view(view_of(text.summary, text.summary_size), wanted);
}

static void stays_within_bounds(void **state)
{
	static char query[8000], wanted[MAX_SQL_SUMMARY_BYTES + 1];
	size_t used = (size_t)sprintf(query, "SELECT a FROM t0000");
	size_t wanted_used = (size_t)sprintf(wanted, "SELECT t0000");

	(void)state;
	for (unsigned int i = 1; i < 900; i++)
		used += (size_t)sprintf(query + used, ", t%04u", i);
	for (unsigned int i = 1; wanted_used + 6 <= MAX_SQL_SUMMARY_BYTES; i++)
		wanted_used += (size_t)sprintf(wanted + wanted_used, " t%04u", i);
	assert_summary(query, false, wanted);

	used = (size_t)sprintf(query, "SELECT ");
	for (unsigned int i = 0; i < 3000; i++)
		query[used++] = '(';
	for (unsigned int i = 0; i < 3001; i++)
		query[used++] = ')';
	strcpy(query + used, " a FROM t");
	assert_summary(query, false, "SELECT t");

	used = (size_t)sprintf(query, "WITH c0 AS (SELECT 1)");
	for (unsigned int i = 1; i < 40; i++)
		used += (size_t)sprintf(query + used, ", c%u AS (VALUES (1))", i);
	strcpy(query + used, " SELECT * FROM c3, t");
	assert_summary(query, false, "SELECT SELECT t");
}

static void knows_where_names_end(void **state)
{
	(void)state;
	assert_summary("SELECT a FROM b", false, "SELECT b");
	assert_summary("SELECT a FROM b", true, "SELECT");
	assert_summary("SELECT a FROM b ", true, "SELECT b");
	assert_summary("SELECT a FROM b.", false, "SELECT b.");
	assert_summary("SELECT a FROM b.*", false, "SELECT b.");
	assert_summary("SELECT a FROM b,c)", false, "SELECT b c");
	assert_summary("SELECT a FROM", false, "SELECT");
	assert_summary("SELECT a FROM 'x', b", false, "SELECT b");
	assert_summary("CREATE a b c d e f g h TABLE x", false, "CREATE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stays_within_bounds),
		cmocka_unit_test(knows_where_names_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
