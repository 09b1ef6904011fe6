/* Commands and exit codes: each of them once, with all that is said of it. */
#include "settings/command_table.h"

#include "cmocka_test.h"
#include <string.h>

static void test_commands(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_table_count; i++) {
		const struct command_row *row = &command_table[i];

		assert_string_equal(command_table_name(row->command), row->name);
		assert_true((row->operands != NULL) == (row->operand_kind != OPERAND_NONE));
		assert_true(strlen(row->help) > 10 && strlen(row->help) <= 62);
		assert_true(row->text[strlen(row->text) - 1] == '.');
	}
	assert_string_equal(command_table_name(COMMAND_RUN), "run");
	assert_string_equal(command_table_name(COMMAND_CONFIG), "config");
	assert_string_equal(command_table_name((enum settings_command)1000), "");
}

static void test_exit_codes(void **state)
{
	(void)state;
	for (size_t i = 0; i < exit_code_table_count; i++)
		assert_true(i == 0 || exit_code_table[i].code > exit_code_table[i - 1].code);
	assert_int_equal(exit_code_table[0].code, 0);
	assert_int_equal(exit_code_table[exit_code_table_count - 1].code, EXIT_CODE_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
