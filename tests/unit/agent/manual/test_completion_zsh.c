/* Completion for zsh as text; tests/conformance/test_documents.py asks the shell itself. */
#include "written_document.h"

#include "settings/command_table.h"

static void test_says_everything(void **state)
{
	char *text = written(completion_zsh_write), words[128];

	(void)state;
	for (size_t i = 0; i < option_table_count; i++) {
		(void)snprintf(words, sizeof(words), "--%s=", option_table[i].name);
		assert_says(text, words);
	}
	for (size_t i = 0; i < command_table_count; i++) {
		(void)snprintf(words, sizeof(words), "\t\t'%s:", command_table[i].name);
		assert_says(text, words);
	}
	assert_says(
		text,
		"'(-c --config)'{-c+,--config=}'[read settings from this YAML file]:FILE:_files' \\\n");
	assert_says(text, "'--tls=-[read what");
	assert_says(text, "]::auto|off:(auto off)' \\\n");
	assert_says(text, "'--no-crashes[not\\: capture crashes]' \\\n");
	assert_says(text, "another process'\\''s signal");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
