/*
 * Completion for zsh, by its _arguments. An option whose value may be left out takes it only in the
 * same word (--json=FILE), as limpet itself does.
 */
#include "manual/manual.h"

#include <string.h>
#include "manual/option_words.h"
#include "settings/command_table.h"

/* Within single quotes; what means something to _arguments is escaped. */
static void write_escaped(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			(void)fputs("'\\''", out);
		else if (strchr("[]:\\", *text))
			(void)fprintf(out, "\\%c", *text);
		else
			(void)fputc(*text, out);
	}
}

static void write_value(FILE *out, const struct option *option)
{
	char words[MAX_WORDS_BYTES];

	(void)fputs(option->bare ? "::" : ":", out);
	write_escaped(out, option->placeholder ? option->placeholder : "on|off");
	option_words_choices(option, ' ', words, sizeof(words));
	if (words[0] && option_words_is_list(option))
		(void)fprintf(out, ":_values -s , word %s", words);
	else if (words[0])
		(void)fprintf(out, ":(%s)", words);
	else
		(void)fputs(option_words_takes_file(option) ? ":_files" : ": ", out);
}

static void write_option(FILE *out, const struct option *option)
{
	(void)fputs("\t\t", out);
	if (option->letter)
		(void)fprintf(out, "'(-%c --%s)'{-%c+,--%s=}'[", option->letter, option->name,
			      option->letter, option->name);
	else
		(void)fprintf(out, "'--%s%s[", option->name, option->bare ? "=-" : "=");
	write_escaped(out, option->help);
	(void)fputc(']', out);
	write_value(out, option);
	(void)fputs("' \\\n", out);
	if (option_words_is_switch(option)) {
		(void)fprintf(out, "\t\t'--no-%s[not\\: ", option->name);
		write_escaped(out, option->help);
		(void)fputs("]' \\\n", out);
	}
}

static void write_commands(FILE *out)
{
	(void)fputs("_limpet_commands()\n{\n\tlocal -a commands\n\tcommands=(\n", out);
	for (size_t i = 0; i < command_table_count; i++) {
		(void)fprintf(out, "\t\t'%s:", command_table[i].name);
		write_escaped(out, command_table[i].help);
		(void)fputs("'\n", out);
	}
	(void)fputs("\t\t'help:every option'\n"
		    "\t\t'version:the version'\n"
		    "\t)\n"
		    "\t_describe -t commands 'limpet command' commands\n"
		    "}\n\n",
		    out);
}

/* Every process, not only those of the terminal, which is what zsh's own _pids offers. */
static const char processes[] =
	"_limpet_processes()\n"
	"{\n"
	"\tlocal -a numbers expl\n"
	"\tlocal -aU names\n"
	"\tlocal folder name\n"
	"\tfor folder in /proc/<->(N); do\n"
	"\t\t# The kernel's own threads and the dead have no words.\n"
	"\t\t[[ -n \"$(< $folder/cmdline)\" ]] && read -r name < $folder/comm || continue\n"
	"\t\tnumbers+=(\"${folder:t}:$name\")\n"
	"\t\tnames+=(\"$name\")\n"
	"\tdone 2> /dev/null\n"
	"\t_describe -t processes process numbers\n" /* nothing of a name is evaluated */
	"\t_wanted names expl 'process name' compadd -a names\n"
	"}\n\n";

static void write_operands(FILE *out)
{
	static const char *const words[] = {
		/* What is run is completed as if limpet did not stand before it. */
		[OPERAND_COMMAND] = "skipped=$(( ${words[(ie)$line[2]]} - 1 )); "
				    "shift skipped words; (( CURRENT -= skipped )); _normal",
		[OPERAND_PROCESS] = "_limpet_processes",
		[OPERAND_FILE] = "_files",
		[OPERAND_FILES] = "_files",
		[OPERAND_LIMPET_COMMAND] = "_limpet_commands",
	};

	(void)fputs("\tcase $line[1] in\n", out);
	for (size_t i = 0; i < command_table_count; i++)
		if (words[command_table[i].operand_kind])
			(void)fprintf(out, "\t%s) %s ;;\n", command_table[i].name,
				      words[command_table[i].operand_kind]);
	(void)fputs("\tesac\n", out);
}

void completion_zsh_write(FILE *out)
{
	(void)fputs("#compdef limpet\n"
		    "# Completion of limpet for zsh, made from its table of options.\n\n",
		    out);
	write_commands(out);
	(void)fputs(processes, out);
	(void)fputs(
		"_limpet()\n"
		"{\n"
		"\tlocal context state state_descr line\n"
		"\tlocal -A opt_args\n"
		"\tinteger skipped\n"
		"\t_arguments -S \\\n"
		"\t\t'(- *)'{-h,--help}'[every option, with its default and where it can be set]' \\\n"
		"\t\t'(- *)--version[the version]' \\\n",
		out);
	for (size_t i = 0; i < option_table_count; i++)
		write_option(out, &option_table[i]);
	(void)fputs("\t\t'1:command:_limpet_commands' \\\n"
		    "\t\t'*:operand:->operand' && return\n"
		    "\t[[ $state == operand ]] || return\n",
		    out);
	write_operands(out);
	(void)fputs("}\n\n_limpet \"$@\"\n", out);
}
