/*
 * The public cases and our own, exactly; then literals made at random, in every way each dialect
 * writes them, with the query cut at every offset: nothing of one may be seen.
 */
#include "cmocka_test.h"
#include "sql_cases.h"

#include "protocols/sql/sql_text.h"

#define FOLDER "tests/unit/agent/protocols/sql/"

static unsigned int failures;

static void sanitise(enum sql_dialect dialect, struct view query, bool is_cut, struct sql_text *ret)
{
	struct view copy = exact_copy(query);

	memset(ret, 0xee, sizeof(*ret));
	sql_text_sanitise(dialect, copy, is_cut, ret);
	free_copy(copy);
	assert_true(ret->text_size <= sizeof(ret->text));
	assert_true(ret->summary_size <= sizeof(ret->summary));
	assert_true(ret->operation_size <= sizeof(ret->operation));
}

static bool differs(const char *what, const struct sql_case *one, struct view got,
		    const char *wanted)
{
	if (view_equals(got, view_of_text(wanted)))
		return false;
	print_error("%s\n  %s: \"%.*s\"\n  wanted: \"%s\"\n", one->query, what, VIEW_FORMAT(got),
		    wanted);
	return true;
}

static void check_case(const struct sql_case *one)
{
	struct view first = view_of_text(one->summary);
	struct sql_text got;

	sanitise(one->dialect, view_of_text(one->query), one->is_cut, &got);
	failures += differs("text", one, view_of(got.text, got.text_size), one->text);
	failures += differs("summary", one, view_of(got.summary, got.summary_size), one->summary);
	(void)view_next_token(&(struct view){first.bytes, first.size}, ' ', &first);
	assert_true(view_equals(first, view_of(got.operation, got.operation_size)));
	/* Cut anywhere, it is still something. */
	for (size_t cut = 0; cut < strlen(one->query); cut++)
		sanitise(one->dialect, view_take(view_of_text(one->query), cut), true, &got);
}

static void knows_public_cases(void **state)
{
	(void)state;
	failures = 0;
	assert_int_equal(sql_cases_each(FOLDER "semconv_cases.tsv", check_case), 82);
	assert_int_equal(failures, 0);
}

static void knows_own_cases(void **state)
{
	(void)state;
	failures = 0;
	assert_true(sql_cases_each(FOLDER "own_cases.tsv", check_case) >= 200);
	assert_int_equal(failures, 0);
}

static uint64_t seed = 88172645463325252u;

static unsigned int pick(unsigned int count)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned int)(seed % count);
}

struct made {
	char bytes[4096];
	size_t size;
};

static void add(struct made *made, const char *text)
{
	size_t size = strlen(text);

	assert_true(made->size + size < sizeof(made->bytes));
	memcpy(made->bytes + made->size, text, size);
	made->size += size;
}

/* Everything that could end a literal too early or too late; Z and 7 stand nowhere else. */
static const char *const pieces[] = {"Z",  "7", "Z7Z", "-- ", "/*", "*/", "#", "\n", "\r",
				     "$$", "$", "\"",  "`",   ";",  "(",  ")", ",",  "=",
				     "?",  ":", "$1",  "//",  "é",  " ",  "E", "x",  "\t"};

/* quote: the delimiter, doubled inside; has_escapes: backslashes too. */
static void add_string(struct made *made, const char *prefix, char quote, bool has_escapes)
{
	char mark[2] = {quote, '\0'}, doubled[3] = {quote, quote, '\0'},
	     escaped[3] = {'\\', quote, '\0'};

	add(made, prefix);
	add(made, mark);
	for (unsigned int i = pick(8); i; i--) {
		const char *piece = pieces[pick(sizeof(pieces) / sizeof(pieces[0]))];

		if (pick(4) == 0)
			add(made, doubled);
		else if (has_escapes && pick(3) == 0)
			add(made, pick(2) ? escaped : "\\\\");
		else if (piece[0] != quote)
			add(made, piece);
	}
	add(made, "Z");
	add(made, mark);
}

static void add_dollar(struct made *made, const char *tag)
{
	add(made, tag);
	for (unsigned int i = pick(8); i; i--) {
		const char *piece = pieces[pick(sizeof(pieces) / sizeof(pieces[0]))];

		if (!strchr(piece, '$'))
			add(made, pick(4) ? piece : "'");
	}
	add(made, "Z");
	add(made, tag);
}

static void add_number(struct made *made)
{
	static const char *const shapes[] = {"7", "-77", "+7.7", ".7", "7e-7", "0x7Z", "7_7", "7."};

	add(made, shapes[pick(sizeof(shapes) / sizeof(shapes[0]))]);
}

static void add_literal(struct made *made, enum sql_dialect dialect)
{
	static const char *const postgresql_prefixes[] = {"", "E", "e", "B", "X", "N", "U&", "u&"};
	static const char *const mysql_prefixes[] = {"", "N", "_utf8mb4", "x"};
	const char *prefix;

	if (pick(4) == 0) {
		add_number(made);
		return;
	}
	switch (dialect) {
	case SQL_MYSQL:
		prefix = mysql_prefixes[pick(4)];
		add_string(made, prefix, prefix[0] == 'x' || pick(2) ? '\'' : '"', true);
		break;
	case SQL_POSTGRESQL:
		prefix = postgresql_prefixes[pick(8)];
		if (pick(4) == 0)
			add_dollar(made, pick(2) ? "$$" : "$tag$");
		else
			add_string(made, prefix, '\'', (prefix[0] | 0x20) == 'e');
		break;
	case SQL_CASSANDRA:
		if (pick(4) == 0)
			add_dollar(made, "$$");
		else if (pick(4) == 0)
			add(made, "7abcdef0-77ab-cdef-0123-777456abcdef");
		else
			add_string(made, "", '\'', false);
		break;
	default: /* whatever it is, one of the two readings is right */
		add_string(made, "", '\'', pick(2));
	}
}

static void make_query(struct made *made, enum sql_dialect dialect)
{
	static const char *const before[] = {
		"SELECT ",           "INSERT INTO t VALUES (",       "SELECT * FROM t WHERE a=",
		"UPDATE t SET a = ", "SELECT * FROM t WHERE a IN (", "SELECT a+"};
	static const char *const between[] = {",",        ", ",   " , a = ",    ")||(", "\n,",
					      "/* c */,", "::x,", " AND b <> ", "+",    "||"};

	made->size = 0;
	add(made, before[pick(sizeof(before) / sizeof(before[0]))]);
	for (unsigned int i = pick(5) + 1; i; i--) {
		add_literal(made, dialect);
		if (i > 1)
			add(made, between[pick(sizeof(between) / sizeof(between[0]))]);
	}
	add(made, pick(2) ? ")" : " FROM t");
}

static void assert_hidden(const struct made *made, size_t cut, const struct sql_text *got)
{
	struct view text = view_of(got->text, got->text_size);
	struct view summary = view_of(got->summary, got->summary_size);

	if (view_find_byte(text, 'Z') < 0 && view_find_byte(text, '7') < 0 &&
	    view_find_byte(summary, 'Z') < 0 && view_find_byte(summary, '7') < 0)
		return;
	print_error("cut at %zu of %.*s\nleaks: %.*s\n", cut, (int)made->size, made->bytes,
		    VIEW_FORMAT(text));
	fail();
}

static void hides_random_literals(void **state)
{
	struct sql_text got;
	struct made made;

	(void)state;
	for (unsigned int round = 0; round < 6000; round++) {
		enum sql_dialect dialect = (enum sql_dialect)(round % 4);

		make_query(&made, dialect);
		sanitise(dialect, view_of(made.bytes, made.size), false, &got);
		assert_hidden(&made, made.size, &got);
		for (size_t cut = 0; cut < made.size; cut++) {
			sanitise(dialect, view_of(made.bytes, cut), true, &got);
			assert_hidden(&made, cut, &got);
		}
	}
}

static void survives_random_bytes(void **state)
{
	char bytes[200];
	struct sql_text got;

	(void)state;
	for (unsigned int round = 0; round < 40000; round++) {
		size_t size = pick(sizeof(bytes));

		for (size_t i = 0; i < size; i++)
			bytes[i] = pick(3) ? "'\"`$\\/*-#();,.?:@ \naEeSELECTFROM0x1"[pick(36)]
					   : (char)pick(256);
		sanitise((enum sql_dialect)(round % 4), view_of(bytes, size), round & 4, &got);
	}
}

static void cuts_between_characters(void **state)
{
	static char query[9000];
	struct sql_text got;
	size_t size = 7;

	(void)state;
	memcpy(query, "SELECT ", 7);
	while (size + 2 < sizeof(query)) {
		memcpy(query + size, "é", 2);
		size += 2;
	}
	sanitise(SQL_POSTGRESQL, view_of(query, size), false, &got);
	assert_int_equal(got.text_size, MAX_SQL_TEXT_BYTES - 1);
	assert_view(view_of(got.summary, got.summary_size), "SELECT");
	/* A list of any length takes no more room than one of its elements. */
	size = (size_t)sprintf(query, "SELECT a FROM t WHERE a IN (1");
	while (size + 30 < sizeof(query))
		size += (size_t)sprintf(query + size, ", 12345");
	size += (size_t)sprintf(query + size, ") AND b = 2");
	sanitise(SQL_POSTGRESQL, view_of(query, size), false, &got);
	assert_view(view_of(got.text, got.text_size), "SELECT a FROM t WHERE a IN (?) AND b = ?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_public_cases),      cmocka_unit_test(knows_own_cases),
		cmocka_unit_test(hides_random_literals),   cmocka_unit_test(survives_random_bytes),
		cmocka_unit_test(cuts_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
