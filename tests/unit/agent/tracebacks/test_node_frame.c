/* Frames of V8, and lines that are none. */
#include "cmocka_test.h"
#include "tracebacks/node_frame.h"

static void expect(const char *line, const char *function, const char *file, uint32_t number,
		   uint32_t column)
{
	struct node_frame parsed;

	assert_true(node_frame_parse(view_of_text(line), &parsed));
	assert_view(parsed.frame.function, function);
	assert_view(parsed.frame.file, file);
	assert_int_equal(parsed.frame.line, number);
	assert_int_equal(parsed.frame.column, column);
	assert_int_equal(parsed.frame.is_native, file[0] == '\0');
	assert_int_equal(parsed.opens_properties, line[strlen(line) - 1] == '{');
}

static void reads_frames(void **state)
{
	(void)state;
	expect("    at run (/srv/x.js:1:2)", "run", "/srv/x.js", 1, 2);
	expect("    at run (/srv/a (b)/x.js:1:2)", "run", "/srv/a (b)/x.js", 1, 2);
	expect("    at async Shop.buy [as sell] (file:///x.mjs:1:2) {", "Shop.buy", "/x.mjs", 1, 2);
	expect("    at new Cart (C:\\x.js:1:2),", "new Cart", "C:\\x.js", 1, 2);
	expect("    at async file:///x.mjs:7:1", "", "/x.mjs", 7, 1);
	expect("  at node:net:1611:16", "", "node:net", 1611, 16);
	expect("    at f (eval at g (/x.js:24:12), <anonymous>:1:27)", "f", "/x.js", 24, 12);
	expect("    at Array.map (<anonymous>)", "Array.map", "", 0, 0);
	expect("    at async Promise.all (index 0)", "Promise.all", "", 0, 0);
	expect("    at Array.map (native)", "Array.map", "", 0, 0);
	expect("    at <anonymous>", "", "", 0, 0);
}

static void refuses_others(void **state)
{
	static const char *const lines[] = {
		"",
		"at run (/srv/x.js:1:2)",
		"    at",
		"    at ",
		"    at noon (12:00)",
		"    at run (/srv/x.js:1:2",
		"    at com.shop.Cart.total(Cart.java:3)",
		"   at Shop.Cart.Total(Int32 n) in /srv/Cart.cs:line 3",
	};
	struct node_frame parsed;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_false(node_frame_parse(view_of_text(lines[i]), &parsed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_frames),
		cmocka_unit_test(refuses_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
