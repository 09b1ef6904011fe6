/* The table of commands, query attributes, and USE. */
#include "cmocka_test.h"

#include "protocols/mysql/mysql_command.h"

static void names_commands(void **state)
{
	int count = 0;

	(void)state;
	for (int number = 0; number < 256; number++) {
		const struct mysql_command *command = mysql_command_find((uint8_t)number);

		count += command != NULL;
		if (command)
			assert_int_not_equal(command->shape, MYSQL_NO_COMMAND);
	}
	assert_int_equal(count, 27);
	assert_string_equal(mysql_command_find(MYSQL_QUERY)->name, "QUERY");
	assert_string_equal(mysql_command_find(0x0e)->name, "PING");
	assert_int_equal(mysql_command_find(MYSQL_CLOSE)->shape, MYSQL_SILENT);
	assert_int_equal(mysql_command_find(MYSQL_BULK_EXECUTE)->shape, MYSQL_RESULT);
	assert_null(mysql_command_find(0));
	assert_null(mysql_command_find(0x20));
}

/* The text behind whatever attributes there are; cut before it, it is not known. */
static void assert_query(struct view payload, size_t text_begins, const char *wanted)
{
	struct view text;

	assert_true(mysql_command_read_query(payload, &text));
	assert_view(text, wanted);
	for (size_t cut = 2; cut < text_begins; cut++) {
		struct view copy = exact_copy(view_take(payload, cut));

		assert_false(mysql_command_read_query(copy, &text));
		free_copy(copy);
	}
}

static void passes_attributes(void **state)
{
	struct view text;

	(void)state;
	assert_query(VIEW_LITERAL("SELECT 1"), 0, "SELECT 1");
	assert_query(VIEW_LITERAL("x"), 0, "x");
	assert_query(VIEW_LITERAL("\0\1SELECT 1"), 0, "SELECT 1");
	/* traceparent as a string, a NULL, a number of eight bytes, a date, a double */
	assert_query(VIEW_LITERAL("\5\1\2\1\xfe\0\1a\6\0\1b\x08\0\1c\x0a\0\1d\5\0\1e"
				  "\3abc"
				  "12345678"
				  "\4\1\2\3\4"
				  "12345678"
				  "SELECT 2"),
		     48, "SELECT 2");
	assert_false(mysql_command_read_query(VIEW_LITERAL("\1\1\0\0SELECT 1"), &text));
	assert_false(mysql_command_read_query(VIEW_LITERAL("\xfa\1\0\1SELECT 1"), &text));
}

static void reads_use(void **state)
{
	static const struct {
		const char *text, *database;
	} cases[] = {
		{"USE shop", "shop"},
		{"  use `my shop` ; ", "my shop"},
		{"use`shop`", "shop"},
		{"USE shop;", "shop"},
		{"USE", ""},
		{"USE ", ""},
		{"USED shop", ""},
		{"SELECT 1", ""},
		{"USE shop; SELECT", ""},
		{"USE /* x */ shop", ""},
		{"", ""},
		{"USE \"shop\"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_view(mysql_command_read_use(view_of_text(cases[i].text)), cases[i].database);
}

static void suspects_use(void **state)
{
	(void)state;
	assert_true(mysql_command_may_use(VIEW_LITERAL("SELECT 1; use shop"), false));
	assert_true(mysql_command_may_use(VIEW_LITERAL("USE a; USE b"), false));
	assert_false(mysql_command_may_use(VIEW_LITERAL("SELECT 1; SELECT 2;"), false));
	assert_true(mysql_command_may_use(VIEW_LITERAL("SELECT 1; SELECT 2"), true));
	assert_false(mysql_command_may_use(VIEW_LITERAL("SELECT 1 FROM use_it;"), true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_commands),
		cmocka_unit_test(passes_attributes),
		cmocka_unit_test(reads_use),
		cmocka_unit_test(suspects_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
