/* The commands and exit codes, once for the command line, --help, the manual pages and the
 * completions of shells. */
#ifndef SETTINGS_COMMAND_TABLE_H
#define SETTINGS_COMMAND_TABLE_H

#include <stddef.h>
#include "settings/settings.h"

enum operand_kind {
	OPERAND_NONE,
	OPERAND_COMMAND,
	OPERAND_PROCESS,
	OPERAND_FILE,
	OPERAND_FILES,
	OPERAND_LIMPET_COMMAND
};

struct command_row {
	enum settings_command command;
	const char *name;
	const char *operands; /* as --help shows them; NULL: none */
	enum operand_kind operand_kind;
	const char *help; /* one line of --help */
	const char *text; /* the paragraph of the manual page */
};

struct exit_code_row {
	enum exit_code code;
	const char *word; /* NULL: not one of limpet's own, only those of the command it runs */
	const char *meaning;
};

extern const struct command_row command_table[];
extern const size_t command_table_count;

extern const struct exit_code_row exit_code_table[];
extern const size_t exit_code_table_count;

const char *command_table_name(enum settings_command command);

#endif
