/*
 * limpet.yaml as it is installed: every key with what it means and its default, commented out. The
 * sections are there, empty, so that one key is switched on by taking one # away. Where things go
 * comes first: the service does nothing without a destination.
 */
#include "manual/manual.h"

#include <string.h>
#include "manual/option_words.h"
#include "settings/option_value.h"

#define COLUMNS 100

static const char head[] =
	"# Settings of limpet, see limpet.yaml(5). Every line is optional; what is commented out shows the\n"
	"# default, or an example where there is none. The service needs one destination at least:\n"
	"# sentry.dsn or otlp.endpoint. Then:\n"
	"#\n"
	"#   limpet config agent --config /etc/limpet/limpet.yaml    what would come of it\n"
	"#   systemctl restart limpet\n"
	"#\n"
	"# A file that holds secrets must not be readable by others (mode 0640 root:limpet, or 0600).\n";

static const enum option_group destinations[] = {GROUP_SENTRY, GROUP_OTLP};
#define DESTINATIONS_COUNT (sizeof(destinations) / sizeof(destinations[0]))

static bool is_destination(enum option_group group)
{
	for (size_t i = 0; i < DESTINATIONS_COUNT; i++)
		if (destinations[i] == group)
			return true;
	return false;
}

static void write_comment(FILE *out, const char *indent, const char *text)
{
	struct view rest = view_of_text(text), word;
	size_t column = 0;

	while (view_next_token(&rest, ' ', &word)) {
		if (column == 0 || column + 1 + word.size > COLUMNS) {
			(void)fprintf(out, "%s%s#", column ? "\n" : "", indent);
			column = strlen(indent) + 1;
		}
		(void)fprintf(out, " %.*s", VIEW_FORMAT(word));
		column += 1 + word.size;
	}
	(void)fputc('\n', out);
}

/* Words and numbers stand bare, as `limpet config` prints them; text in quotes. */
static void write_value(FILE *out, const struct option *option)
{
	const char *quote = option_value_is_string(option) ? "\"" : "";

	(void)fprintf(out, "%s%s%s\n", quote, option_words_sample(option), quote);
}

static void write_key(FILE *out, const struct option *option)
{
	const char *indent = option_words_section(option).size ? "  " : "";
	char text[1024], expected[MAX_WORDS_BYTES];

	(void)fputc('\n', out);
	(void)snprintf(text, sizeof(text), "%s: %s.%s", option->help,
		       option_words_expected(option, expected, sizeof(expected)),
		       option->initial ? "" : " Not set by default.");
	write_comment(out, indent, text);
	(void)fprintf(out, "%s#%s: ", indent, option_words_leaf(option));
	write_value(out, option);
}

static void write_group(FILE *out, enum option_group group)
{
	struct view section = {0};

	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];

		if (option->group != group || !option->key)
			continue;
		if (!view_equals(option_words_section(option), section)) {
			section = option_words_section(option);
			(void)fprintf(out, "\n%.*s:\n", VIEW_FORMAT(section));
		}
		write_key(out, option);
	}
}

void manual_example_write(FILE *out)
{
	(void)fputs(head, out);
	for (size_t i = 0; i < DESTINATIONS_COUNT; i++)
		write_group(out, destinations[i]);
	for (int group = 0; group < GROUPS_COUNT; group++)
		if (!is_destination((enum option_group)group))
			write_group(out, (enum option_group)group);
}
