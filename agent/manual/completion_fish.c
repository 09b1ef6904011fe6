/*
 * Completion for fish. An option whose value may be left out is declared without -r: fish then
 * takes a value only in the same word.
 */
#include "manual/manual.h"

#include "manual/option_words.h"
#include "settings/command_table.h"

/* As one single-quoted word. */
static void write_quoted(FILE *out, const char *text)
{
	(void)fputc('\'', out);
	for (; *text; text++)
		(void)fprintf(out, "%s%c", *text == '\'' || *text == '\\' ? "\\" : "", *text);
	(void)fputc('\'', out);
}

static void write_option(FILE *out, const struct option *option)
{
	char words[MAX_WORDS_BYTES];

	(void)fprintf(out, "complete -c limpet -n __limpet_takes_options -l %s", option->name);
	if (option->letter)
		(void)fprintf(out, " -s %c", option->letter);
	option_words_choices(option, ' ', words, sizeof(words));
	if (words[0] && option_words_is_list(option))
		(void)fprintf(out, " -x -a '(__fish_append , %s)'", words);
	else if (words[0])
		(void)fprintf(out, " %s -a '%s'", option->bare ? "-f" : "-x", words);
	else if (option_words_takes_file(option))
		(void)fputs(option->bare ? " -F" : " -r -F", out);
	else if (!option->bare)
		(void)fputs(" -x", out);
	(void)fputs(" -d ", out);
	write_quoted(out, option->help);
	(void)fputc('\n', out);
	if (option_words_is_switch(option)) {
		(void)fprintf(out, "complete -c limpet -n __limpet_takes_options -l no-%s -d ",
			      option->name);
		write_quoted(out, option->help);
		(void)fputc('\n', out);
	}
}

static void write_command(FILE *out, const char *name, const char *help)
{
	(void)fprintf(out, "complete -c limpet -n __limpet_needs_command -a %s -d ", name);
	write_quoted(out, help);
	(void)fputc('\n', out);
}

static void write_operands(FILE *out)
{
	static const char *const words[] = {
		[OPERAND_COMMAND] = "-x -a '(__fish_complete_subcommand --fcs-skip=2)'",
		[OPERAND_PROCESS] = "-x -a '(__fish_complete_pids; cat /proc/*/comm | sort -u)'",
		[OPERAND_FILE] = "-F",
		[OPERAND_FILES] = "-F",
	};

	for (size_t i = 0; i < command_table_count; i++) {
		const struct command_row *row = &command_table[i];

		if (row->operand_kind < sizeof(words) / sizeof(words[0]) &&
		    words[row->operand_kind])
			(void)fprintf(out,
				      "complete -c limpet -n '__fish_seen_subcommand_from %s' %s\n",
				      row->name, words[row->operand_kind]);
	}
}

void completion_fish_write(FILE *out)
{
	(void)fputs("# Completion of limpet for fish, made from its table of options.\n\n"
		    "function __limpet_needs_command\n"
		    "\tfor word in (commandline -opc)[2..-1]\n"
		    "\t\tif contains -- $word",
		    out);
	for (size_t i = 0; i < command_table_count; i++)
		(void)fprintf(out,
			      command_table[i].operand_kind == OPERAND_LIMPET_COMMAND ? "" : " %s",
			      command_table[i].name);
	(void)fputs(" help version\n"
		    "\t\t\treturn 1\n"
		    "\t\tend\n"
		    "\tend\n"
		    "\treturn 0\n"
		    "end\n\n"
		    "# Behind -- everything belongs to the command that is run.\n"
		    "function __limpet_takes_options\n"
		    "\tnot contains -- -- (commandline -opc)\n"
		    "end\n\n"
		    "complete -c limpet -f\n",
		    out);
	for (size_t i = 0; i < command_table_count; i++)
		write_command(out, command_table[i].name, command_table[i].help);
	write_command(out, "help", "every option");
	write_command(out, "version", "the version");
	(void)fputs("complete -c limpet -n __limpet_takes_options -s h -l help -d 'every option'\n"
		    "complete -c limpet -n __limpet_takes_options -l version -d 'the version'\n",
		    out);
	for (size_t i = 0; i < option_table_count; i++)
		write_option(out, &option_table[i]);
	write_operands(out);
}
