/* What was traced, in words for the head of the page: of a command only its name, its arguments may
 * hold what is nobody's business. */
#include "report_destination.h"

#include <stdio.h>
#include <string.h>
#include "base/view.h"
#include "process/target_search.h"
#include "report/report.h"
#include "settings/command_table.h"

#define SUBJECT_BYTES 256

bool report_destination_is_wanted(const struct settings *settings)
{
	return settings->terminal.html_file;
}

static void name_target(const char *target, char *ret_text)
{
	struct target_words words = target_search_words(view_of_text(target));
	char name[SCRIPT_NAME_BYTES];
	uint64_t pid;

	if (words.kind != TARGET_PID || view_parse_u64(words.text, &pid) < 0)
		(void)snprintf(ret_text, SUBJECT_BYTES, "%.200s", target);
	else if (pid <= INT32_MAX && target_search_name("/proc", (pid_t)pid, name) == 0)
		(void)snprintf(ret_text, SUBJECT_BYTES, "PID %d (%s)", (int)pid, name);
	else
		(void)snprintf(ret_text, SUBJECT_BYTES, "PID %llu", (unsigned long long)pid);
}

static void name_subject(const struct settings *settings, char *ret_text)
{
	const char *name = "";

	ret_text[0] = '\0';
	switch (settings->command) {
	case COMMAND_RUN:
		name = settings->command_argv && settings->command_argv[0]
			       ? settings->command_argv[0]
			       : "";
		break;
	case COMMAND_REPLAY:
		name = settings->replay_file ? settings->replay_file : "";
		break;
	case COMMAND_ATTACH:
		name_target(settings->attach_target ? settings->attach_target : "", ret_text);
		return;
	default:
		name = "this machine";
	}
	(void)snprintf(ret_text, SUBJECT_BYTES, "%.*s",
		       VIEW_FORMAT(view_take(view_base_name(view_of_text(name)), 200)));
}

int report_destination_open(struct exporter **ret, const struct settings *settings,
			    const struct drops *drops, char *ret_error, size_t error_size)
{
	char subject[SUBJECT_BYTES];
	struct report_settings report = {
		.path = settings->terminal.html_file,
		.subject = subject,
		.command = command_table_name(settings->command),
		.drops = drops,
		.has_profile =
			settings->profile.frequency_hz || settings->command == COMMAND_REPLAY,
	};

	name_subject(settings, subject);
	return report_new(ret, &report, ret_error, error_size);
}
