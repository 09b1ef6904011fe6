/* First lines of JavaScript stacks, and lines that are none. */
#include "cmocka_test.h"
#include "tracebacks/node_header.h"

static void expect(const char *line, const char *type, const char *value)
{
	struct node_header header;

	assert_true(node_header_parse(view_of_text(line), &header));
	assert_view(header.type, type);
	assert_view(header.value, value);
}

static void reads_headers(void **state)
{
	struct node_header header;

	(void)state;
	expect("Error", "Error", "");
	expect("Error: ", "Error", "");
	expect("TypeError [ERR_X]: a: b", "TypeError", "a: b");
	expect("Plain [Error]: a", "Plain", "a");
	expect("SoldOut: a", "SoldOut", "a");
	expect("[AggregateError: all] {", "AggregateError", "all");
	expect("UnhandledPromiseRejection: This … rejected with the reason \"a \"b\"\".",
	       "UnhandledPromiseRejection", "a \"b\"");
	assert_true(
		node_header_parse(VIEW_LITERAL("error: Uncaught (in promise) Error: a"), &header));
	assert_true(header.is_uncaught && header.is_rejection && !header.is_warned);
	assert_true(node_header_parse(
		VIEW_LITERAL("(node:1) UnhandledPromiseRejectionWarning: Error: a"), &header));
	assert_true(!header.is_uncaught && header.is_rejection && header.is_warned);
}

static void refuses_others(void **state)
{
	static const char *const lines[] = {
		"",
		"Trace: here",
		"(node:1) DeprecationWarning: old",
		"Failed: TypeError: a",
		"listening: 80",
		"Error:a",
		"[info] Error",
		": a",
	};
	struct node_header header;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_false(node_header_parse(view_of_text(lines[i]), &header));
	node_header_parse_any(VIEW_LITERAL("Odd Name: a"), &header);
	assert_view(header.type, "Odd Name");
	assert_view(header.value, "a");
	node_header_parse_any(VIEW_LITERAL("odd"), &header);
	assert_view(header.type, "Error");
	assert_view(header.value, "odd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_headers),
		cmocka_unit_test(refuses_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
