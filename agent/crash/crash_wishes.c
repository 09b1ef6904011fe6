/* What is a crash always is one; of other ends the settings and the command that runs decide. */
#include "crash/crash_wishes.h"

#include <signal.h>
#include <string.h>
#include "crash/exit_rules.h"

#define STATUS_BY_SIGNAL 128

/* Ends that are no crash are events only where somebody wants them. */
static bool is_wanted_exit(const struct crash_wishes *wishes, const struct raw_crash *raw)
{
	const struct crash_settings *settings = wishes->settings;
	struct view rules = view_of_text(settings->exit_rules);
	struct view name =
		view_of(raw->death.name, strnlen((const char *)raw->death.name, TASK_NAME_BYTES));
	uint32_t code = raw->death.exit_code;
	int status = code & 0x7f ? STATUS_BY_SIGNAL + (int)(code & 0x7f) : (int)(code >> 8 & 0xff);

	/* Without rules the command that runs is looked at, not the tools it uses: grep says 1. */
	if (!settings->exit_rules)
		return raw->tgid == wishes->command_tgid && !exit_rules_was_asked(status);
	return exit_rules_match(rules, name, status);
}

static bool is_wanted_kill(const struct crash_wishes *wishes, const struct raw_crash *raw)
{
	enum kill_setting kills = wishes->settings->kills;

	if (kills == KILLS_SIGKILL)
		return (raw->death.exit_code & 0x7f) == SIGKILL;
	return kills == KILLS_ALL;
}

/* Runtimes that turn faults into exceptions of theirs: an exit soon after one proves nothing, but a
 * Go program that ends with its panic's status. */
static bool is_fault_the_cause(const struct crash_wishes *wishes, const struct raw_crash *raw)
{
	const struct process *process = process_table_find(wishes->processes, (pid_t)raw->tgid);
	enum process_runtime runtime = process ? process->runtime : RUNTIME_NATIVE;

	if (runtime == RUNTIME_JAVA)
		return false;
	if (raw->threads[0]->record.context_kind == CONTEXT_GOROUTINE || runtime == RUNTIME_GO)
		return raw->death.exit_code == 2 << 8;
	return true;
}

bool crash_wishes_want(const struct crash_wishes *wishes, struct raw_crash *raw)
{
	if (wishes->ignored_tgid && raw->tgid == wishes->ignored_tgid)
		return false;
	switch (raw->verdict) {
	case RAW_CRASHED:
	case RAW_OOM_KILLED:
		return true;
	case RAW_FAULTED:
		if (is_fault_the_cause(wishes, raw))
			return true;
		raw->verdict = RAW_EXITED;
		return is_wanted_exit(wishes, raw);
	case RAW_KILLED:
		return is_wanted_kill(wishes, raw);
	case RAW_EXITED:
	case RAW_SIGNALLED:
		return is_wanted_exit(wishes, raw);
	case RAW_ENDED_WELL:
		break;
	}
	return false;
}
