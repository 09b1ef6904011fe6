/*
 * A command is a value of enum settings_command and a row here: what it is called, what it takes
 * and what is said of it. Whoever runs it is agent/main.c.
 */
#include "settings/command_table.h"

/* clang-format off */
const struct command_row command_table[] = {
	{COMMAND_RUN, "run", "-- CMD [ARGUMENT…]", OPERAND_COMMAND,
	 "start CMD, trace it and its children",
	 "Start CMD and trace it and every process it starts, from the first instruction. Terminal and signals are those of "
	 "CMD, and so is the exit code. What limpet has to say goes to standard error. With --plain=off there is the full screen of "
	 "attach, and CMD gets no input."},
	{COMMAND_ATTACH, "attach", "PID|NAME|UNIT|CONTAINER", OPERAND_PROCESS,
	 "trace a running process and its children",
	 "Trace a process that runs already, the processes it has started and those it will start. A word is the number of a "
	 "process, its name (of the task, the executable, or the script that an interpreter runs), a unit of systemd or a "
	 "container, by id or name: the first of these that fits. pid:, name:, unit: and container: before it say which is "
	 "meant. A name that several processes have is answered with a list; name: takes all of them, and so do units and "
	 "containers. Ends when they have ended, or with Ctrl-C; the processes go on as they were."},
	{COMMAND_AGENT, "agent", NULL, OPERAND_NONE,
	 "trace every process of this machine",
	 "Trace every process of this machine but limpet itself, as a service. Needs a destination: otlp.endpoint, sentry.dsn or "
	 "a file. The Debian package brings a systemd unit that runs it with /etc/limpet/limpet.yaml."},
	{COMMAND_STATUS, "status", NULL, OPERAND_NONE,
	 "how the agent of this machine is doing",
	 "Ask the agent that runs on this machine how it is doing: what is traced, the rates, each destination with its queue and "
	 "its last error, and each loss with what to do about it. For root and the group limpet."},
	{COMMAND_CHECK, "check", NULL, OPERAND_NONE,
	 "what this kernel and these privileges allow",
	 "Say what this kernel and these privileges allow, what is missing, and how to mend it; list the TLS libraries of the "
	 "processes that run, and whether their plaintext would be seen."},
	{COMMAND_REPLAY, "replay", "FILE", OPERAND_FILE,
	 "a recording (--record) through the same pipeline",
	 "Put a recording made with --record through the same pipeline, as if it happened now. Needs no privileges."},
	{COMMAND_REPORT, "report", "FILE", OPERAND_FILE,
	 "a recording (--record) as one page for a browser",
	 "Make a page of a recording made with --record: operations, the slowest and the failed traces, who called whom, crashes, "
	 "and what was lost. It is one file that loads nothing; FILE.html, or where --html says. Needs no privileges, sends nothing."},
	{COMMAND_DIFF, "diff", "FILE FILE", OPERAND_FILES,
	 "what changed from one recording to another",
	 "Compare two recordings made with --record: operations that became slower or fail more, new errors and crashes, and where "
	 "the time on the CPU went, if both were made with a profile. With --html FILE also as a page. Needs no privileges, sends nothing."},
	{COMMAND_CONFIG, "config", "[COMMAND…]", OPERAND_LIMPET_COMMAND,
	 "the settings in effect and where each came from",
	 "Print the settings in effect as a settings file, secrets masked, and where each of them came from. With a command line "
	 "of another command behind it, those that this command would have."},
};

const struct exit_code_row exit_code_table[] = {
	{EXIT_CODE_OK, "done", "All went well."},
	{EXIT_CODE_FAILURE, "failed", "Something else went wrong while limpet ran."},
	{EXIT_CODE_SETTINGS, "settings", "An option, a key, a value or the settings file is not right. Nothing was started."},
	{EXIT_CODE_PRIVILEGES, "privileges", "limpet may not load its programs or attach them. See: limpet check"},
	{EXIT_CODE_KERNEL, "kernel", "The kernel lacks something that is needed. See: limpet check"},
	{EXIT_CODE_TARGET, "target", "There is no such process, or it cannot be traced."},
	{EXIT_CODE_RECORDING, "recording", "The recording cannot be read."},
	{EXIT_CODE_NOT_EXECUTABLE, NULL, "run: CMD exists, but cannot be executed."},
	{EXIT_CODE_NOT_FOUND, NULL, "run: CMD was not found."},
};
/* clang-format on */

const size_t command_table_count = sizeof(command_table) / sizeof(command_table[0]);
const size_t exit_code_table_count = sizeof(exit_code_table) / sizeof(exit_code_table[0]);

const char *command_table_name(enum settings_command command)
{
	for (size_t i = 0; i < command_table_count; i++)
		if (command_table[i].command == command)
			return command_table[i].name;
	return "";
}
