/*
 * Completion for bash. It works with and without the package bash-completion: only what bash has is
 * called, and _command_offset where it is there. "=" cuts words in bash, so that `--tls=a` comes as
 * three of them.
 */
#include "manual/manual.h"

#include "manual/option_words.h"
#include "settings/command_table.h"

static const char head[] =
	"# Completion of limpet for bash, made from its table of options.\n"
	"\n"
	"# The words that option $1 takes; 1: it takes the name of a file; 2: something else.\n"
	"_limpet_values()\n"
	"{\n"
	"\tcase $1 in\n";

/* Only numbers are followed by a name, and those differ: what readline inserts of several, the
 * beginning that all of them share, never reaches into one. */
static const char processes[] =
	"# Processes whose number begins with $1, each with its name behind it, and names that do.\n"
	"_limpet_processes()\n"
	"{\n"
	"\tlocal folder name words\n"
	"\tfor folder in /proc/[0-9]*; do\n"
	"\t\twords= # of the kernel's own threads and of the dead there are none\n"
	"\t\t{ read -r -d '' words < \"$folder/cmdline\"; } 2> /dev/null\n"
	"\t\t[[ -n $words ]] && { read -r name < \"$folder/comm\"; } 2> /dev/null || continue\n"
	"\t\t[[ $name != *[!A-Za-z0-9._+-]* ]] || name=\n"
	"\t\t[[ ${folder#/proc/} != \"$1\"* ]] || echo \"${folder#/proc/}${name:+ ($name)}\"\n"
	"\t\t[[ -z $name || $name != \"$1\"* ]] || echo \"$name\"\n"
	"\tdone\n"
	"}\n"
	"\n"
	"_limpet_process()\n"
	"{\n"
	"\tmapfile -t COMPREPLY < <(_limpet_processes \"$1\")\n"
	"\t# What will be inserted, alone or one after the other (COMP_TYPE %), is the number.\n"
	"\tif ((${#COMPREPLY[@]} == 1 || ${COMP_TYPE:-9} == 37)); then\n"
	"\t\tCOMPREPLY=(\"${COMPREPLY[@]%% *}\")\n"
	"\tfi\n"
	"}\n"
	"\n";

static const char complete_value[] =
	"# Completes the value $2 of option $1; $3 stands before it.\n"
	"_limpet_value()\n"
	"{\n"
	"\tlocal words\n"
	"\twords=$(_limpet_values \"$1\")\n"
	"\tcase $? in\n"
	"\t0) # of a list the last word\n"
	"\t   [[ $2 != *,* ]] || set -- \"$1\" \"${2##*,}\" \"$3${2%,*},\"\n"
	"\t   mapfile -t COMPREPLY < <(compgen -P \"$3\" -W \"$words\" -- \"$2\") ;;\n"
	"\t1) compopt -o filenames 2> /dev/null\n"
	"\t   mapfile -t COMPREPLY < <(compgen -P \"$3\" -f -- \"$2\") ;;\n"
	"\tesac\n"
	"}\n"
	"\n";

static const char complete[] =
	"_limpet()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"\tlocal command= word i operand=0 is_operand=\n"
	"\tCOMPREPLY=()\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tword=${COMP_WORDS[i]}\n"
	"\t\tif [[ $word == -- && -z $is_operand ]]; then\n"
	"\t\t\tis_operand=1\n"
	"\t\telif [[ $word == -* && -z $is_operand ]]; then\n"
	"\t\t\tif [[ ${COMP_WORDS[i + 1]} == = ]]; then\n"
	"\t\t\t\t((i += 2))\n"
	"\t\t\telif _limpet_takes_value \"$word\"; then\n"
	"\t\t\t\t((i++))\n"
	"\t\t\tfi\n"
	"\t\telif [[ -z $command || $command == config ]]; then\n"
	"\t\t\tcommand=$word\n"
	"\t\telif ((operand == 0)); then\n"
	"\t\t\toperand=$i\n"
	"\t\t\t[[ $command != run ]] || break\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tif [[ $command == run ]] && ((operand > 0)); then\n"
	"\t\tif declare -F _command_offset > /dev/null; then\n"
	"\t\t\t_command_offset \"$operand\"\n"
	"\t\telse\n"
	"\t\t\tcompopt -o filenames 2> /dev/null\n"
	"\t\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	"\t\tfi\n"
	"\telif [[ -z $is_operand && $cur == = ]]; then\n"
	"\t\t_limpet_value \"$prev\" ''\n"
	"\telif [[ -z $is_operand && $prev == = ]] && ((COMP_CWORD > 2)); then\n"
	"\t\t_limpet_value \"${COMP_WORDS[COMP_CWORD - 2]}\" \"$cur\"\n"
	"\telif [[ -z $is_operand && $cur == --*=* ]]; then\n"
	"\t\t_limpet_value \"${cur%%=*}\" \"${cur#*=}\" \"${cur%%=*}=\"\n"
	"\telif [[ -z $is_operand ]] && _limpet_takes_value \"$prev\"; then\n"
	"\t\t_limpet_value \"$prev\" \"$cur\"\n"
	"\telif [[ -z $is_operand && $cur == -* ]]; then\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -W \"$(_limpet_options)\" -- \"$cur\")\n"
	"\telse\n"
	"\t\t_limpet_operand \"$command\" \"$cur\"\n"
	"\tfi\n"
	"}\n"
	"\n"
	"complete -F _limpet limpet\n";

static void write_values(FILE *out)
{
	char words[MAX_WORDS_BYTES];

	(void)fputs(head, out);
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];

		option_words_choices(option, ' ', words, sizeof(words));
		if (!words[0] && !option_words_takes_file(option))
			continue;
		(void)fprintf(out, "\t--%s", option->name);
		if (option->letter)
			(void)fprintf(out, " | -%c", option->letter);
		if (words[0])
			(void)fprintf(out, ") echo '%s' ;;\n", words);
		else
			(void)fputs(") return 1 ;;\n", out);
	}
	(void)fputs("\t*) return 2 ;;\n\tesac\n}\n\n", out);
}

static void write_takes_value(FILE *out)
{
	(void)fputs("# Is the word after option $1 its value?\n"
		    "_limpet_takes_value()\n"
		    "{\n"
		    "\tcase $1 in\n",
		    out);
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];

		if (option->bare)
			continue;
		(void)fprintf(out, "\t--%s", option->name);
		if (option->letter)
			(void)fprintf(out, " | -%c", option->letter);
		(void)fputs(") return 0 ;;\n", out);
	}
	(void)fputs("\t*) return 1 ;;\n\tesac\n}\n\n", out);
}

static void write_options(FILE *out)
{
	(void)fputs("_limpet_options()\n{\n\tcat << 'end'\n--help\n--version\n", out);
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];

		(void)fprintf(out, "--%s\n", option->name);
		if (option_words_is_switch(option))
			(void)fprintf(out, "--no-%s\n", option->name);
	}
	(void)fputs("end\n}\n\n", out);
}

static void write_operand(FILE *out)
{
	static const char *const words[] = {
		[OPERAND_COMMAND] = "-c",
		[OPERAND_FILE] = "-f",
		[OPERAND_FILES] = "-f",
	};

	(void)fputs(
		"# Completes $2 where command $1 takes an operand, or where no command is yet.\n"
		"_limpet_operand()\n"
		"{\n"
		"\tcase $1 in\n",
		out);
	for (size_t i = 0; i < command_table_count; i++) {
		const struct command_row *row = &command_table[i];

		if (row->operand_kind == OPERAND_PROCESS)
			(void)fprintf(out, "\t%s) _limpet_process \"$2\" ;;\n", row->name);
		else if (row->operand_kind < sizeof(words) / sizeof(words[0]) &&
			 words[row->operand_kind])
			(void)fprintf(out,
				      "\t%s) mapfile -t COMPREPLY < <(compgen %s -- \"$2\") ;;\n",
				      row->name, words[row->operand_kind]);
	}
	(void)fputs("\t'' | config) mapfile -t COMPREPLY < <(compgen -W '", out);
	for (size_t i = 0; i < command_table_count; i++)
		(void)fprintf(out, "%s ", command_table[i].name);
	(void)fputs("help version' -- \"$2\") ;;\n\tesac\n}\n\n", out);
}

void completion_bash_write(FILE *out)
{
	write_values(out);
	write_takes_value(out);
	write_options(out);
	(void)fputs(complete_value, out);
	(void)fputs(processes, out);
	write_operand(out);
	(void)fputs(complete, out);
}
