/* --help: every option with its sources, aligned, within 100 columns. */
#include "settings/settings.h"

#include <stdbool.h>
#include "loaded_settings.h"

static const char *print(void)
{
	static struct captured_output output;

	captured_output_begin(&output, STDOUT_FILENO);
	settings_print_help();
	return captured_output_end(&output);
}

static void test_width(void **state)
{
	struct view rest = view_of_text(print()), line;

	(void)state;
	while (view_next_token(&rest, '\n', &line)) {
		size_t width = 0;

		for (size_t i = 0; i < line.size; i++)
			width += ((unsigned char)line.bytes[i] & 0xc0) != 0x80;
		assert_in_range(width, 0, 100);
		assert_false(line.size && line.bytes[line.size - 1] == ' ');
	}
}

static void test_says_everything(void **state)
{
	const char *text = print();

	(void)state;
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];

		assert_non_null(strstr(text, option->name));
		if (option->key)
			assert_non_null(strstr(text, option->key));
		for (int j = 0; j < MAX_ENVIRONMENT_NAMES && option->environment[j]; j++)
			assert_non_null(strstr(text, option->environment[j]));
	}
	for (int group = 0; group < GROUPS_COUNT; group++)
		assert_non_null(strstr(text, option_table_group_title((enum option_group)group)));
}

static void test_forms(void **state)
{
	const char *text = print();

	(void)state;
	assert_non_null(strstr(text, "\n  -c, --config FILE                   read settings"));
	assert_non_null(strstr(text, "\n      --json[=FILE]                   OTLP JSON"));
	assert_non_null(strstr(text, "\n      --[no-]parent-based             follow"));
	assert_non_null(strstr(text, "\n      --tcp-calls on|off              spans"));
	assert_non_null(strstr(
		text, "(error, warning, info,\n                                      debug)\n"));
	assert_non_null(strstr(
		text,
		"\n                                      default 2MiB; LIMPET_RING_SIZE; capture.ring_bytes\n"));
	assert_non_null(strstr(text, "  limpet attach [OPTION…] PID|NAME|UNIT|CONTAINER  trace"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_says_everything),
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
