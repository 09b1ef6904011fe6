/* limpet.yaml(5): every key with its option, secrets named as such. */
#include "written_document.h"

static void test_says_everything(void **state)
{
	char *text = written(manual_file_write), words[128];

	(void)state;
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];

		(void)snprintf(words, sizeof(words), "\n.TP\n\\fB%s\\fR\n", option->key);
		if (option->key)
			assert_says(text, words);
	}
	assert_null(strstr(text, "(null)"));
	free(text);
}

static void test_forms(void **state)
{
	char *text = written(manual_file_write);

	(void)state;
	assert_says(text, "\n\\fBsentry.dsn\\fR\n");
	assert_says(
		text,
		"Value: a URL such as https://KEY@HOST/PROJECT; secret.\nOption: \\fB\\-\\-sentry\\-dsn\\fR.\n");
	assert_says(
		text,
		"Value: one of auto, tracepoint, fentry.\nDefault: \\fBauto\\fR.\nOption: \\fB\\-\\-capture\\-source\\fR.\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_everything),
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
