/* Tokens, one letter each: w word, q quoted, l literal, p placeholder, c comment, others as is. */
#include "cmocka_test.h"

#include "protocols/sql/sql_token.h"

static void assert_tokens(enum sql_dialect dialect, const char *query, const char *wanted)
{
	static const char letters[] = "_ cwqlp";
	struct view copy = exact_copy(view_of_text(query));
	struct sql_lexer lexer;
	struct sql_token token;
	char got[100];
	size_t count = 0, total = 0;

	sql_token_start(&lexer, dialect, copy, false);
	while (sql_token_next(&lexer, &token)) {
		assert_true(token.text.size > 0);
		assert_ptr_equal(token.text.bytes, copy.bytes + total);
		total += token.text.size;
		assert_true(count + 1 < sizeof(got));
		got[count++] =
			token.kind == SQL_TOKEN_MARK ? token.text.bytes[0] : letters[token.kind];
	}
	assert_int_equal(token.kind, SQL_TOKEN_END);
	assert_int_equal(total, copy.size);
	got[count] = '\0';
	assert_string_equal(got, wanted);
	free_copy(copy);
}

static void tells_kinds(void **state)
{
	(void)state;
	assert_tokens(SQL_POSTGRESQL, "SELECT a.\"b\", 'x' -- c", "w w.q, l c");
	assert_tokens(SQL_POSTGRESQL, "E'a'b$1 ? `", "lw p `");
	assert_tokens(SQL_POSTGRESQL, "x::int=$1", "w::w=p");
	assert_tokens(SQL_MYSQL, "`a` \"b\" $c #d", "q l w c");
	assert_tokens(SQL_CASSANDRA, "\"a\" $$b$$ //d", "q l c");
	assert_tokens(SQL_GENERIC, "`a` \"b\" $c$d$c$", "q l l");
	assert_tokens(SQL_GENERIC, "", "");
}

static void tells_signs(void **state)
{
	(void)state;
	assert_tokens(SQL_POSTGRESQL, "a-1", "w-l");
	assert_tokens(SQL_POSTGRESQL, "(-1)-1", "(l)-l");
	assert_tokens(SQL_POSTGRESQL, "1-1", "ll");
	assert_tokens(SQL_POSTGRESQL, "a - -1", "w - l");
	assert_tokens(SQL_POSTGRESQL, "$1+1", "p+l");
}

static void doubts_executable_comments(void **state)
{
	(void)state;
	assert_tokens(SQL_MYSQL, "/*!1 a */b", "c w cw");
	assert_tokens(SQL_MYSQL, "/*!1 '*/'", "c l");
	assert_tokens(SQL_MYSQL, "/*!1 /*!2 a */ */", "c l");
	assert_tokens(SQL_MYSQL, "*/a", "*/w");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_kinds),
		cmocka_unit_test(tells_signs),
		cmocka_unit_test(doubts_executable_comments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
