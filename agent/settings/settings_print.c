/*
 * `limpet config`: the settings in effect as a YAML file that limpet can read again, each line with
 * its origin. Secrets are masked, so nothing printed here needs hiding.
 */
#include "settings/settings.h"

#include <stdio.h>
#include "base/utf8.h"
#include "settings/option_value.h"
#include "settings/settings_origins.h"
#include "settings/text_rules.h"

#define ORIGIN_COLUMN 44

/* Returns the columns used. */
static int print_quoted(struct view text)
{
	int columns = 2;

	(void)putchar('"');
	while (text.size) {
		size_t length = utf8_printable_length(text);

		if (length == 0)
			columns += printf("\\x%02X", (unsigned char)text.bytes[0]);
		else if (text.bytes[0] == '"' || text.bytes[0] == '\\')
			columns += printf("\\%c", text.bytes[0]);
		else
			columns += printf("%.*s", (int)length, text.bytes) > 0;
		text = view_skip(text, length ? length : 1);
	}
	(void)putchar('"');
	return columns;
}

static void print_option(const struct settings *settings, const struct option *option,
			 const char *leaf, int indent)
{
	char value[MAX_TEXT_BYTES + 64], origin[320];
	int columns = printf("%*s%s: ", indent, "", leaf);

	if (!option_value_format(option, settings, value, sizeof(value)))
		columns += printf("null");
	else if (option_value_is_string(option))
		columns += print_quoted(view_of_text(value));
	else
		columns += printf("%s", value);
	printf("%*s# %s\n", columns < ORIGIN_COLUMN ? ORIGIN_COLUMN - columns : 1, "",
	       settings_origins_words(settings, option, origin, sizeof(origin)));
}

void settings_print(const struct settings *settings)
{
	struct view section = {0};

	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		struct view key = view_of_text(option->key);
		ssize_t dot = view_find_byte(key, '.');
		struct view parent = view_take(key, dot > 0 ? (size_t)dot : 0);

		if (!option->key)
			continue;
		if (!view_equals(parent, section))
			printf("%.*s:\n", VIEW_FORMAT(parent));
		section = parent;
		print_option(settings, option, option->key + (dot > 0 ? dot + 1 : 0),
			     dot > 0 ? 2 : 0);
	}
	(void)fflush(stdout);
}
