/*
 * `limpet --help`: how each command is called, then every option of the table with its default, its
 * environment variables and its key in the file. At most 100 columns wide.
 */
#include "settings/settings.h"

#include <stdio.h>
#include "settings/option_table.h"

#define COLUMNS       100
#define OPTION_INDENT 6
#define TEXT_INDENT   38

struct writer {
	int column;
	int indent;
};

/* One code point is one column: the help has no wide characters. */
static int width_of(struct view text)
{
	int width = 0;

	for (size_t i = 0; i < text.size; i++)
		width += ((unsigned char)text.bytes[i] & 0xc0) != 0x80;
	return width;
}

static void write_words(struct writer *writer, const char *text)
{
	struct view rest = view_of_text(text), word;

	while (view_next_token(&rest, ' ', &word)) {
		int width = width_of(word);

		if (writer->column + 1 + width > COLUMNS) {
			printf("\n%*s", writer->indent, "");
			writer->column = writer->indent;
		} else if (writer->column > writer->indent) {
			(void)putchar(' ');
			writer->column++;
		}
		printf("%.*s", VIEW_FORMAT(word));
		writer->column += width;
	}
}

static void begin_text(struct writer *writer)
{
	printf("%*s", writer->column < TEXT_INDENT ? TEXT_INDENT - writer->column : 1, "");
	*writer = (struct writer){.column = TEXT_INDENT, .indent = TEXT_INDENT};
}

static void write_name(struct writer *writer, const struct option *option)
{
	if (option->letter)
		writer->column = printf("%*s-%c, ", OPTION_INDENT - 4, "", option->letter);
	else
		writer->column = printf("%*s", OPTION_INDENT, "");
	if (option->type == OPTION_BOOLEAN && option->bare)
		writer->column += printf("--[no-]%s", option->name);
	else
		writer->column += printf("--%s%s%s%s", option->name, option->bare ? "[=" : " ",
					 option->placeholder, option->bare ? "]" : "");
}

static void write_choices(struct writer *writer, const struct option *option)
{
	char text[128] = "";
	size_t used = 0;

	if (!option->words)
		return;
	for (const struct option_word *word = option->words; word->word; word++)
		if (!option_table_is_synonym(option, word))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 word == option->words ? "(" : ", ", word->word);
	(void)snprintf(text + used, sizeof(text) - used, ")");
	write_words(writer, text);
}

static void write_sources(struct writer *writer, const struct option *option)
{
	char text[160];

	printf("\n%*s", TEXT_INDENT, "");
	writer->column = TEXT_INDENT;
	if (option->initial) {
		(void)snprintf(text, sizeof(text), "default %s;", option->initial);
		write_words(writer, text);
	}
	for (int i = 0; i < MAX_ENVIRONMENT_NAMES && option->environment[i]; i++) {
		bool is_last = i + 1 == MAX_ENVIRONMENT_NAMES || !option->environment[i + 1];

		(void)snprintf(text, sizeof(text), "%s%s", option->environment[i],
			       !is_last      ? ","
			       : option->key ? ";"
					     : "");
		write_words(writer, text);
	}
	if (option->key)
		write_words(writer, option->key);
	(void)putchar('\n');
}

static void write_option(const struct option *option)
{
	struct writer writer = {0};

	write_name(&writer, option);
	begin_text(&writer);
	write_words(&writer, option->help);
	write_choices(&writer, option);
	write_sources(&writer, option);
}

static const char usage[] =
	"limpet traces the requests that running programs serve and make. The programs stay as they "
	"are.\n"
	"\n"
	"Usage:\n"
	"  limpet run [OPTION…] -- CMD [ARGUMENT…]   start CMD, trace it and its children\n"
	"  limpet attach [OPTION…] PID               trace a running process and its children\n"
	"  limpet agent [OPTION…]                    trace every process of this machine\n"
	"  limpet status [OPTION…]                   how the agent of this machine is doing\n"
	"  limpet check [OPTION…]                    what this kernel and these privileges allow\n"
	"  limpet replay [OPTION…] FILE              a recording (--record) through the same pipeline\n"
	"  limpet config [OPTION…] [COMMAND…]        the settings in effect and where each came from\n"
	"  limpet help                               this text; also -h, --help\n"
	"  limpet version                            the version; also --version\n"
	"\n"
	"Examples:\n"
	"  limpet run -- python3 app.py\n"
	"  SENTRY_DSN=https://KEY@HOST/PROJECT limpet attach 4711\n"
	"  limpet agent --config /etc/limpet/limpet.yaml --otlp-endpoint http://localhost:4318\n"
	"\n"
	"Each option can be given on the command line, in the environment or in the settings file; the\n"
	"command line counts most, then the environment, then the file. Below an option: its default,\n"
	"its environment variables (the first one that is set counts), its key in the YAML file.\n"
	"Sizes take KiB, MiB, GiB; times take ms, s, m, h (bare numbers: bytes, milliseconds).\n";

static const char exit_codes[] =
	"\n"
	"Exit codes:\n"
	"  0 done   1 failed   2 settings   3 privileges   4 kernel   5 target   6 recording\n"
	"  run: the exit code of CMD, 128 + signal when it was killed, 126 not executable, 127 not "
	"found\n";

void settings_print_help(void)
{
	(void)fputs(usage, stdout);
	for (int group = 0; group < GROUPS_COUNT; group++) {
		printf("\n%s:\n", option_table_group_title((enum option_group)group));
		for (size_t i = 0; i < option_table_count; i++)
			if (option_table[i].group == (enum option_group)group)
				write_option(&option_table[i]);
	}
	(void)fputs(exit_codes, stdout);
	(void)fflush(stdout);
}
