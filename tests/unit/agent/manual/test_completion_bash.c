/* Completion for bash as text; tests/conformance/test_documents.py asks the shell itself. */
#include "written_document.h"

#include "settings/command_table.h"

static void test_says_everything(void **state)
{
	char *text = written(completion_bash_write), words[128];

	(void)state;
	for (size_t i = 0; i < option_table_count; i++) {
		(void)snprintf(words, sizeof(words), "\n--%s\n", option_table[i].name);
		assert_says(text, words);
	}
	for (size_t i = 0; i < command_table_count; i++)
		assert_says(text, command_table[i].name);
	assert_says(text, "\t--log-level) echo 'error warning info debug' ;;\n");
	assert_says(text, "\t--config | -c) return 1 ;;\n");
	assert_says(text, "\t--config | -c) return 0 ;;\n"); /* takes a value */
	assert_says(text, "\t--events) echo 'spans crashes exceptions syscalls profile' ;;\n");
	assert_says(text, "\tattach) _limpet_process \"$2\" ;;\n");
	assert_null(strstr(text, "\t--json) return 0 ;;\n"));
	assert_says(text, "\n--no-crashes\n");
	assert_null(strstr(text, "--no-tcp-calls"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
