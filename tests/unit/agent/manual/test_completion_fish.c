/* Completion for fish as text; tests/conformance/test_documents.py asks the shell itself. */
#include "written_document.h"

#include "settings/command_table.h"

static void test_says_everything(void **state)
{
	char *text = written(completion_fish_write), words[128];

	(void)state;
	for (size_t i = 0; i < option_table_count; i++) {
		(void)snprintf(words, sizeof(words), " -l %s ", option_table[i].name);
		assert_says(text, words);
	}
	for (size_t i = 0; i < command_table_count; i++) {
		(void)snprintf(words, sizeof(words), " -a %s -d '", command_table[i].name);
		assert_says(text, words);
	}
	assert_says(text, " -l config -s c -r -F -d 'read settings from this YAML file'\n");
	assert_says(text, " -l log-level -x -a 'error warning info debug' -d ");
	assert_says(text, " -l no-crashes -d 'capture crashes'\n");
	assert_says(text, "another process\\'s signal");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
