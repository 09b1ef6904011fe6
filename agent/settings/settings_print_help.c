/*
 * `limpet --help`: how each command is called, then every option of the table with its default, its
 * environment variables and its key in the file. At most 100 columns wide.
 */
#include "settings/settings.h"

#include <stdio.h>
#include "settings/command_table.h"
#include "settings/option_table.h"

#define COLUMNS       100
#define OPTION_INDENT 6
#define TEXT_INDENT   38
#define USAGE_COLUMNS 42 /* of a command and what it takes */

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

static const char introduction[] =
	"limpet traces the requests that running programs serve and make. The programs stay as they "
	"are.\n"
	"\n"
	"Usage:\n";

static const char examples[] =
	"\n"
	"Examples:\n"
	"  limpet run -- python3 app.py\n"
	"  limpet attach nginx\n"
	"  limpet attach 4711 --duration 30s --html report.html\n"
	"  SENTRY_DSN=https://KEY@HOST/PROJECT limpet attach unit:shop.service\n"
	"  limpet agent --config /etc/limpet/limpet.yaml --otlp-endpoint http://localhost:4318\n"
	"\n"
	"Each option can be given on the command line, in the environment or in the settings file; the\n"
	"command line counts most, then the environment, then the file. Below an option: its default,\n"
	"its environment variables (the first one that is set counts), its key in the YAML file.\n"
	"Sizes take KiB, MiB, GiB; times take ms, s, m, h (bare numbers: bytes, milliseconds).\n";

static void write_command(const char *line, const char *help)
{
	printf("  limpet %s%*s%s\n", line, USAGE_COLUMNS - width_of(view_of_text(line)), "", help);
}

static void write_usage(void)
{
	char line[USAGE_COLUMNS * 2];

	(void)fputs(introduction, stdout);
	for (size_t i = 0; i < command_table_count; i++) {
		const struct command_row *row = &command_table[i];

		(void)snprintf(line, sizeof(line), "%s [OPTION…]%s%s", row->name,
			       row->operands ? " " : "", row->operands ? row->operands : "");
		write_command(line, row->help);
	}
	write_command("help", "this text; also -h, --help");
	write_command("version", "the version; also --version");
	(void)fputs(examples, stdout);
}

static void write_exit_codes(void)
{
	(void)fputs("\nExit codes:\n ", stdout);
	for (size_t i = 0; i < exit_code_table_count && exit_code_table[i].word; i++)
		printf("%s%d %s", i ? "   " : " ", exit_code_table[i].code,
		       exit_code_table[i].word);
	printf("\n  run: the exit code of CMD, 128 + signal when it was killed, %d not executable, "
	       "%d not found\n",
	       EXIT_CODE_NOT_EXECUTABLE, EXIT_CODE_NOT_FOUND);
}

void settings_print_help(void)
{
	write_usage();
	for (int group = 0; group < GROUPS_COUNT; group++) {
		printf("\n%s:\n", option_table_group_title((enum option_group)group));
		for (size_t i = 0; i < option_table_count; i++)
			if (option_table[i].group == (enum option_group)group)
				write_option(&option_table[i]);
	}
	write_exit_codes();
	(void)fflush(stdout);
}
