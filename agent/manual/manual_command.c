/*
 * limpet(1): what each command does, then every option by group, then what belongs to a command's
 * page. Commands, options and exit codes come from their tables.
 */
#include "manual/manual.h"

#include "manual/option_words.h"
#include "manual/roff.h"
#include "settings/command_table.h"

static const char description[] =
	".SH NAME\n"
	"limpet \\- trace requests, crashes and exceptions of unmodified programs\n"
	".SH SYNOPSIS\n";

static const char about[] =
	".SH DESCRIPTION\n"
	"limpet clings to a running process and asks nothing of it. It captures the requests that\n"
	"programs serve and make, how they crash, and the exceptions they report, by eBPF, without a\n"
	"change to the programs, and sends them to Sentry, to anything that speaks OTLP, or to the\n"
	"terminal.\n"
	".P\n"
	"It reads. Nothing is written into a traced process, no signal is sent to it, no byte on the\n"
	"wire is changed; when limpet ends, in whatever way, every probe is gone with it. What is lost\n"
	"is counted, with the reason, and said at the end.\n"
	".SH COMMANDS\n";

static const char about_options[] =
	".SH OPTIONS\n"
	"Each option can be given on the command line, in the environment or in the settings file. The\n"
	"command line counts most, then the environment, then the file, then the default. Options may\n"
	"stand before and after the command, not after its first operand. Sizes take \\fBKiB\\fR,\n"
	"\\fBMiB\\fR, \\fBGiB\\fR; times take \\fBms\\fR, \\fBs\\fR, \\fBm\\fR, \\fBh\\fR; bare numbers "
	"are bytes and\n"
	"milliseconds. Of several environment variables the first one that is set counts. Keys are "
	"those\n"
	"of \\fBlimpet.yaml\\fR(5).\n"
	".TP\n"
	"\\fB\\-h\\fR, \\fB\\-\\-help\\fR\n"
	"Print every option with its default and where it can be set.\n"
	".TP\n"
	"\\fB\\-\\-version\\fR\n"
	"Print the version.\n";

static const char files[] =
	".SH JSON OUTPUT\n"
	"With \\fB\\-\\-json\\fR limpet writes one object per line: the spans of one request in one process\n"
	"(\\fBresourceSpans\\fR), or a crash or an exception (\\fBresourceLogs\\fR), in the JSON mapping of\n"
	"OTLP: ids in hex, enums as numbers, 64-bit integers as strings, what is empty left out; or a\n"
	"profile of one process (\\fBlimpetProfile\\fR), in a form of its own. The form has a version, 1, and\n"
	"a schema, \\fIlimpet\\-json\\-lines\\-1.schema.json\\fR in the source. Within a\n"
	"version fields are only added: ignore what you do not know.\n"
	".SH PROFILES\n"
	"With \\fB\\-\\-profile\\fR functions have the names that their files say. Code that a runtime compiles\n"
	"while it runs has those of its perf map, \\fI/tmp/perf\\-PID.map\\fR as that process sees it, which is\n"
	"read again when it changes; without one it is shown as [jit] and its address.\n"
	".TP\n"
	"Java (17 and later)\n"
	"Start it with \\fB\\-XX:+PreserveFramePointer\\fR: without, nobody can say who called what it\n"
	"compiled. Once it is warm, \\fBjcmd PID Compiler.perfmap\\fR writes the map; again for what was\n"
	"compiled since. What was sampled before has its name once it is met again, for which\n"
	"\\fB\\-XX:+DumpPerfMapAtExit\\fR comes too late. Methods that are not compiled are "
	"\\fBInterpreter\\fR.\n"
	".TP\n"
	"Node\n"
	"Start it with \\fBnode \\-\\-perf\\-basic\\-prof\\fR.\n"
	".TP\n"
	"CPython 3.8 to 3.13, Go\n"
	"Nothing is to be done.\n"
	".SH OVERHEAD\n"
	"With \\fB\\-\\-max\\-overhead\\fR the kernel measures what limpet\\(aqs programs take, on all CPUs\n"
	"together. When that is more than the limit for two seconds, a kind of detail is given up for the\n"
	"rest of the session, in this order: counts of system calls; failed system calls that are told\n"
	"with a crash; exceptions out of what programs print; traffic, and with it spans. Crashes are\n"
	"always seen. Each step is said and counted (\\fBoverhead_shed\\fR). Not measured, as the kernel does\n"
	"not: the trap into a watched function of a TLS library or a language runtime.\n"
	".SH FILES\n"
	".TP\n"
	".I /etc/limpet/limpet.yaml\n"
	"Settings of the service, see \\fBlimpet.yaml\\fR(5). Other commands read a settings file only\n"
	"where \\fB\\-\\-config\\fR or \\fBLIMPET_CONFIG\\fR names it.\n"
	".TP\n"
	".I /var/lib/limpet/spool\n"
	"Crashes and exceptions that no server has accepted yet.\n"
	".TP\n"
	".I /sys/kernel/btf/vmlinux\n"
	"The types of the running kernel. Without it limpet cannot trace.\n"
	".SH EXAMPLES\n"
	".TP\n"
	"\\fBlimpet run \\-\\- python3 app.py\\fR\n"
	"Start a program and show its traces, crashes and exceptions in the terminal.\n"
	".TP\n"
	"\\fBlimpet run \\-\\-plain=off \\-\\- ./server\\fR\n"
	"Start a program behind the full screen: what it prints has a tab of its own.\n"
	".TP\n"
	"\\fBlimpet attach 4711\\fR\n"
	"Join a running process: on a terminal a full-screen view of its operations, traces, crashes and\n"
	"losses; q or Ctrl-C ends it with a summary.\n"
	".TP\n"
	"\\fBlimpet attach nginx\\fR, \\fBlimpet attach app.py\\fR, \\fBlimpet attach name:python3\\fR\n"
	"The process of that name; the one that runs this script; all that have that name.\n"
	".TP\n"
	"\\fBlimpet attach unit:shop.service \\-\\-duration 30s \\-\\-html shop.html\\fR\n"
	"All processes of a unit, for half a minute, as a page for a browser.\n"
	".TP\n"
	"\\fBlimpet attach container:web \\-\\-plain | less\\fR\n"
	"All processes of a container, as lines.\n"
	".TP\n"
	"\\fBlimpet attach 4711 \\-\\-events crashes,exceptions\\fR\n"
	"Wait for it to fail: traffic is not looked at, which costs next to nothing.\n"
	".TP\n"
	"\\fBlimpet attach 4711 \\-\\-max\\-overhead 1\\fR\n"
	"Give detail up rather than take more than one percent of one CPU.\n"
	".TP\n"
	"\\fBlimpet attach 4711 \\-\\-json | jq \\-r \\(aq.resourceSpans[]?.scopeSpans[].spans[].name\\(aq\\fR\n"
	"One line of JSON per request, for other programs.\n"
	".TP\n"
	"\\fBSENTRY_DSN=https://KEY@HOST/PROJECT limpet attach 4711 \\-\\-quiet\\fR\n"
	"Send what it does to Sentry, and say nothing.\n"
	".TP\n"
	"\\fBlimpet config agent \\-\\-config /etc/limpet/limpet.yaml\\fR\n"
	"What the service would do, and why.\n"
	".SH SEE ALSO\n"
	"\\fBlimpet.yaml\\fR(5), \\fBsystemctl\\fR(1), \\fBjournalctl\\fR(1), \\fBcapabilities\\fR(7)\n";

static void write_synopsis(FILE *out)
{
	for (size_t i = 0; i < command_table_count; i++) {
		const struct command_row *row = &command_table[i];

		(void)fputs(i ? ".br\n" : "", out);
		(void)fprintf(out, "\\fBlimpet %s\\fR [\\fIOPTION\\fR\\[u2026]]", row->name);
		if (row->operands) {
			(void)fputc(' ', out);
			roff_text(out, view_of_text(row->operands));
		}
		(void)fputc('\n', out);
	}
}

static void write_commands(FILE *out)
{
	for (size_t i = 0; i < command_table_count; i++) {
		const struct command_row *row = &command_table[i];

		(void)fputs(".TP\n", out);
		roff_font(out, 'B', row->name);
		if (row->operands) {
			(void)fputc(' ', out);
			roff_text(out, view_of_text(row->operands));
		}
		(void)fputc('\n', out);
		roff_line(out, row->text);
	}
}

static void write_name(FILE *out, const struct option *option)
{
	char name[128];

	if (option->letter) {
		(void)snprintf(name, sizeof(name), "-%c", option->letter);
		roff_font(out, 'B', name);
		(void)fputs(", ", out);
	}
	(void)snprintf(name, sizeof(name), "--%s%s", option_words_is_switch(option) ? "[no-]" : "",
		       option->name);
	roff_font(out, 'B', name);
	if (!option_words_is_switch(option)) {
		(void)fputs(option->bare ? "[=" : " ", out);
		roff_font(out, 'I', option->placeholder);
		(void)fputs(option->bare ? "]" : "", out);
	}
	(void)fputc('\n', out);
}

static void write_sources(FILE *out, const struct option *option)
{
	if (option->initial) {
		(void)fputs("Default: ", out);
		roff_font(out, 'B', option->initial);
		(void)fputs(".\n", out);
	}
	for (int i = 0; i < MAX_ENVIRONMENT_NAMES && option->environment[i]; i++) {
		(void)fputs(i ? ", " : "Environment: ", out);
		roff_font(out, 'B', option->environment[i]);
	}
	(void)fputs(option->environment[0] ? ".\n" : "", out);
	if (option->key) {
		(void)fputs("Key: ", out);
		roff_font(out, 'B', option->key);
		(void)fputs(".\n", out);
	}
}

static void write_option(FILE *out, const struct option *option)
{
	char expected[MAX_WORDS_BYTES];

	(void)fputs(".TP\n", out);
	write_name(out, option);
	roff_line(out, option->help);
	(void)fputs(".br\n", out);
	(void)fputs("Value: ", out);
	roff_text(out, view_of_text(option_words_expected(option, expected, sizeof(expected))));
	(void)fputs(".\n", out);
	write_sources(out, option);
}

static void write_exit_codes(FILE *out)
{
	(void)fputs(
		".SH EXIT STATUS\n"
		"\\fBrun\\fR ends with the exit code of CMD, or 128 and the number of the signal\n"
		"that killed it. Otherwise:\n",
		out);
	for (size_t i = 0; i < exit_code_table_count; i++) {
		(void)fprintf(out, ".TP\n\\fB%d\\fR\n", exit_code_table[i].code);
		roff_line(out, exit_code_table[i].meaning);
	}
}

void manual_command_write(FILE *out)
{
	roff_begin_page(out, "LIMPET", "1", "User Commands");
	(void)fputs(description, out);
	write_synopsis(out);
	(void)fputs(about, out);
	write_commands(out);
	(void)fputs(about_options, out);
	for (int group = 0; group < GROUPS_COUNT; group++) {
		(void)fputs(".SS ", out);
		roff_line(out, option_table_group_title((enum option_group)group));
		for (size_t i = 0; i < option_table_count; i++)
			if (option_table[i].group == (enum option_group)group)
				write_option(out, &option_table[i]);
	}
	write_exit_codes(out);
	(void)fputs(files, out);
}
