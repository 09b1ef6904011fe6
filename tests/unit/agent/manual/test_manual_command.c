/* limpet(1): every command, option, environment variable and exit code, in troff's words. */
#include "written_document.h"

#include "manual/roff.h"
#include "settings/command_table.h"

static const char *name;

static void write_bold(FILE *out)
{
	roff_font(out, 'B', name);
}

static void assert_says_bold(const char *text, const char *word)
{
	char *bold;

	name = word;
	bold = written(write_bold);
	assert_says(text, bold);
	free(bold);
}

static void test_says_everything(void **state)
{
	char *text = written(manual_command_write), words[128];

	(void)state;
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		bool is_switch = option->type == OPTION_BOOLEAN && option->bare;

		(void)snprintf(words, sizeof(words), "--%s%s", is_switch ? "[no-]" : "",
			       option->name);
		assert_says_bold(text, words);
		if (option->key)
			assert_says_bold(text, option->key);
		for (int j = 0; j < MAX_ENVIRONMENT_NAMES && option->environment[j]; j++)
			assert_says_bold(text, option->environment[j]);
	}
	for (size_t i = 0; i < command_table_count; i++)
		assert_says_bold(text, command_table[i].name);
	for (size_t i = 0; i < exit_code_table_count; i++) {
		(void)snprintf(words, sizeof(words), "\n\\fB%d\\fR\n", exit_code_table[i].code);
		assert_says(text, words);
	}
	free(text);
}

static void test_forms(void **state)
{
	char *text = written(manual_command_write);

	(void)state;
	assert_says(text,
		    "\n.TP\n\\fB\\-c\\fR, \\fB\\-\\-config\\fR \\fIFILE\\fR\nread settings from");
	assert_says(text, "\n\\fB\\-\\-json\\fR[=\\fIFILE\\fR]\n");
	assert_says(
		text,
		"\n\\fBlimpet run\\fR [\\fIOPTION\\fR\\[u2026]] \\-\\- CMD [ARGUMENT\\[u2026]]\n");
	assert_says(
		text,
		"Default: \\fB2MiB\\fR.\nEnvironment: \\fBLIMPET_RING_SIZE\\fR.\nKey: \\fBcapture.ring_bytes\\fR.\n");
	for (const char *byte = text; *byte; byte++)
		assert_true((unsigned char)*byte < 0x80);
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
