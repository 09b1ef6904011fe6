/* Documents of GraphQL: which operation they are, cut and whole, and texts that are none. */
#include "cmocka_test.h"

#include "protocols/graphql/graphql_document.h"

/* "type name", "-" for what is not known; "none": no document. */
static void check(const char *text, bool is_cut, const char *wanted, const char *expected)
{
	struct graphql_operation operation;
	struct view document = exact_copy(view_of_text(text));
	char found[256] = "none";

	if (graphql_document_read(document, is_cut, view_of_text(wanted), &operation))
		snprintf(found, sizeof(found), "%s %.*s", operation.type ? operation.type : "-",
			 VIEW_FORMAT(operation.name.size ? operation.name : VIEW_LITERAL("-")));
	assert_string_equal(found, expected);
	free_copy(document);
}

static void one_operation(void **state)
{
	(void)state;
	check("{ me { name } }", false, "", "query -");
	check("query { me }", false, "", "query -");
	check("query Me{me}", false, "", "query Me");
	check("\xef\xbb\xbf# says }\n,, mutation Pay($id: ID! = \"}{\") @a(b: [\"x\"]) { pay(id: $id) }",
	      false, "", "mutation Pay");
	check("subscription S { s(text: \"\"\"a \\\"\"\" } \" \"\"\") }", false, "",
	      "subscription S");
	check("fragment F on User { name } query Q { ...F } ", false, "", "query Q");
	check("query Q { ...F } fragment F on User @a { name }", false, "Q", "query Q");
	check("query Q { a }", false, "Other", "- Other");
}

static void several(void **state)
{
	const char *two = "query A { a } mutation B { b }";

	(void)state;
	check(two, false, "", "- -");
	check(two, false, "A", "query A");
	check(two, false, "B", "mutation B");
	check("query A { a } query A { b }", false, "A", "query A");
}

static void cut(void **state)
{
	(void)state;
	check("query A { a(b: \"se", true, "", "- -");
	check("query A { a(b: \"se", true, "A", "query A");
	check("query A { a } mutation B {", true, "B", "- B");
	check("query A { a } mutation B { b", true, "B", "mutation B");
	check("query A ($x: I", true, "A", "none");
}

static void none(void **state)
{
	static const char *const texts[] = {
		"",
		"select * from a",
		"{",
		"{}",
		"{ \"a\": 1 }",
		"query",
		"query A",
		"query A words { and more",
		"query { a",
		"query { a ] }",
		"query { a } more",
		"fragment F on T { a }",
		"querying { a }",
		"{ a(b: \"}\n\") ",
		"query A { 1 }",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check(texts[i], false, "", "none");
	check("{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{", true,
	      "", "none");
}

static void names(void **state)
{
	(void)state;
	assert_true(graphql_document_is_name(VIEW_LITERAL("_a1")));
	assert_false(graphql_document_is_name(VIEW_LITERAL("1a")));
	assert_false(graphql_document_is_name(VIEW_LITERAL("a b")));
	assert_false(graphql_document_is_name(VIEW_LITERAL("")));
}

/* At every cut it is the same operation, less of it, or nothing; never another. */
static void cut_anywhere(void **state)
{
	const char *text =
		"query A($x: I = {a: \"}\"}) @d { a(b: \"\\\"{\") } fragment F on T { t }";

	(void)state;
	for (size_t size = 0; size < strlen(text); size++) {
		struct graphql_operation operation;
		struct view part = exact_copy(view_of(text, size));

		if (graphql_document_read(part, true, VIEW_LITERAL("A"), &operation)) {
			assert_string_equal(operation.type, "query");
			assert_view(operation.name, "A");
		}
		if (graphql_document_read(part, true, (struct view){0}, &operation)) {
			assert_null(operation.type);
			assert_int_equal(operation.name.size, 0);
		}
		free_copy(part);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_operation), cmocka_unit_test(several),
		cmocka_unit_test(cut),           cmocka_unit_test(none),
		cmocka_unit_test(names),         cmocka_unit_test(cut_anywhere)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
