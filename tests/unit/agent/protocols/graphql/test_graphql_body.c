/* Requests of GraphQL over HTTP in all their forms, cut anywhere, and bodies of other APIs. */
#include "cmocka_test.h"

#include "protocols/graphql/graphql_body.h"

static struct graphql_request request;

static const char *print(bool is_found)
{
	static char text[256];
	const struct graphql_operation *o = &request.operation;

	snprintf(text, sizeof(text), "%s %.*s", o->type ? o->type : "-",
		 VIEW_FORMAT(o->name.size ? o->name : VIEW_LITERAL("-")));
	return is_found ? text : "none";
}

static void check(const char *json, const char *wanted)
{
	struct view body = exact_copy(view_of_text(json));

	assert_string_equal(print(graphql_body_read_json(body, &request)), wanted);
	free_copy(body);
}

static void bodies(void **state)
{
	(void)state;
	check("{\"query\":\"{ me }\"}", "query -");
	check(" {\n\"query\" : \"query Me {\\n me(id: \\\"}\\\") }\" , \"variables\": {\"query\": "
	      "\"x\", \"a\": [1,{}]}}",
	      "query Me");
	check("{\"operationName\":\"B\",\"variables\":{\"card\":\"4111\"},\"query\":"
	      "\"query A { a } mutation B { b }\"}",
	      "mutation B");
	check("{\"query\":\"query A { a } mutation B { b }\",\"operationName\":\"A\"}", "query A");
	check("{\"query\":\"query A { a } mutation B { b }\",\"operationName\":null}", "- -");
	check("{\"query\":\"mutation\\u0020B { b }\"}", "none");
	check("{\"operationName\":\"Me\",\"extensions\":{\"persistedQuery\":{\"version\":1,"
	      "\"sha256Hash\":\"ab\"}}}",
	      "- Me");
	check("[{\"query\":\"query A { a }\"}]", "query A");
	check("[{\"query\":\"query A { a }\"},{\"query\":\"query B { b }\"}]", "- -");
}

static void other_apis(void **state)
{
	static const char *const bodies_of_others[] = {
		"",
		"{}",
		"[]",
		"null",
		"\"query\"",
		"{\"query\":{\"match\":{\"user\":\"kimchy\"}}}",
		"{\"query\":\"SELECT name FROM users\"}",
		"{\"query\":\"shoes\",\"operationName\":\"search\"}",
		"{\"query\":\"{ me }\",\"operationName\":\"not a name\"}",
		"{\"extensions\":{\"persistedQuery\":{}}}",
		"{\"query\" \"{ me }\"}",
		"{query:\"{ me }\"}",
		"{\"a\":{\"query\":\"{ me }\"}}",
		"[[{\"query\":\"{ me }\"}]]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies_of_others) / sizeof(bodies_of_others[0]); i++)
		check(bodies_of_others[i], "none");
}

/* Whatever is cut off: the same operation, none, or not known; never another. */
static void cut_anywhere(void **state)
{
	const char *json =
		"{\"variables\":{\"a\":\"\\\"}\"},\"query\":\"query A { a(b: \\\"}\\\") } "
		"mutation B { b }\",\"operationName\":\"B\"}";

	(void)state;
	for (size_t size = 0; size < strlen(json); size++) {
		struct view body = exact_copy(view_of(json, size));
		bool is_found = graphql_body_read_json(body, &request);
		const char *found = print(is_found);

		assert_true(!strcmp(found, "none") || !strcmp(found, "- -") ||
			    (size == strlen(json) - 1 && !strcmp(found, "mutation B")));
		free_copy(body);
	}
	check(json, "mutation B");
}

static void documents_and_urls(void **state)
{
	(void)state;
	assert_string_equal(
		print(graphql_body_read_document(VIEW_LITERAL("mutation M { m }"), &request)),
		"mutation M");
	assert_string_equal(
		print(graphql_body_read_document(VIEW_LITERAL("mutation M { m("), &request)),
		"- -");
	assert_string_equal(print(graphql_body_read_document(VIEW_LITERAL("words"), &request)),
			    "none");
	assert_string_equal(
		print(graphql_body_read_query(
			VIEW_LITERAL("a=1&query=query+A+%7B%20a%20%7d&variables=%7B%7D"),
			&request)),
		"query A");
	assert_string_equal(
		print(graphql_body_read_query(
			VIEW_LITERAL("operationName=B&query=query+A%7Ba%7Dmutation+B%7Bb%7D"),
			&request)),
		"mutation B");
	assert_string_equal(print(graphql_body_read_query(VIEW_LITERAL("query=shoes"), &request)),
			    "none");
	assert_string_equal(print(graphql_body_read_query((struct view){0}, &request)), "none");
}

static void chunks(void **state)
{
	char buffer[16];

	(void)state;
	assert_view(graphql_body_dechunk(VIEW_LITERAL("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"),
					 buffer, sizeof(buffer)),
		    "abcde");
	assert_view(graphql_body_dechunk(VIEW_LITERAL("A\r\nabc"), buffer, sizeof(buffer)), "abc");
	assert_view(graphql_body_dechunk(VIEW_LITERAL("5\r\nabcde\r\n"), buffer, 4), "abcd");
	assert_view(graphql_body_dechunk(VIEW_LITERAL("nothing"), buffer, sizeof(buffer)), "");
}

static void larger_than_its_text(void **state)
{
	static char json[3 * MAX_GRAPHQL_TEXT_BYTES];
	size_t used = (size_t)snprintf(json, sizeof(json), "{\"query\":\"query A { a(b: \\\"");

	(void)state;
	memset(json + used, 'x', sizeof(json) - used - 1);
	check(json, "- -");
	memcpy(json + sizeof(json) - 20, "\\\") }\"}", 8);
	check(json, "- -");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies),       cmocka_unit_test(other_apis),
		cmocka_unit_test(cut_anywhere), cmocka_unit_test(documents_and_urls),
		cmocka_unit_test(chunks),       cmocka_unit_test(larger_than_its_text)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
