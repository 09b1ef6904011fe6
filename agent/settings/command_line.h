/* The command line: which command, its operands, and the text given to each option. */
#ifndef SETTINGS_COMMAND_LINE_H
#define SETTINGS_COMMAND_LINE_H

#include "base/view.h"
#include "settings/option_table.h"
#include "settings/settings.h"

#define MAX_OPERANDS 3

struct command_line {
	enum settings_command command;
	/* The command line to be judged: with `config attach …` it is attach. */
	enum settings_command shown_command;
	bool has_command;
	bool is_help_wanted, is_version_wanted;
	/* Borrowed from argv; one too many is enough to know. */
	const char *operands[MAX_OPERANDS];
	unsigned operands_count;
	char **command_argv;         /* run: from CMD on */
	const char *option_values[]; /* option_table_count of them; NULL: not given */
};

/* -EINVAL after a message, -ENOMEM silently. */
int command_line_parse(struct command_line **ret, int argc, char **argv);
void command_line_free(struct command_line **line);

/* Puts command, operands and option values into the settings. -EINVAL after messages. */
int command_line_apply(const struct command_line *line, struct settings *settings);

#endif
