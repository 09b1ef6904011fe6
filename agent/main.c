/* argv to settings to one command. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/file_capabilities.h"
#include "base/inherited_signals.h"
#include "base/journal.h"
#include "base/log.h"
#include "capture/kernel_features.h"
#include "check/check.h"
#include "commands/commands.h"
#include "service/notify_socket.h"
#include "settings/settings.h"

static int try_fentry(void)
{
	struct kernel_features features;

	return kernel_features_find(&features);
}

/* Through perf or, where that takes CAP_SYS_ADMIN, by a link of many. */
static int try_uprobe(void)
{
	int err = kernel_features_try_uprobe();

	return (err == -EPERM || err == -EACCES) && kernel_features_try_uprobe_multi() ? 0 : err;
}

static int run_command(struct settings *settings)
{
	static const struct check_trials trials = {
		.attach_fentry = try_fentry,
		.attach_uprobe = try_uprobe,
		.return_probe_kills = kernel_features_return_probe_kills,
	};

	switch (settings->command) {
	case COMMAND_RUN:
		return command_run(settings);
	case COMMAND_ATTACH:
		return command_attach(settings);
	case COMMAND_AGENT:
		return command_agent(settings);
	case COMMAND_CHECK:
		return (int)check_run(stdout, isatty(STDOUT_FILENO), &trials);
	case COMMAND_REPLAY:
		return command_replay(settings);
	case COMMAND_REPORT:
		return command_report(settings);
	case COMMAND_DIFF:
		return command_diff(settings);
	case COMMAND_STATUS:
		return command_status(settings);
	case COMMAND_CONFIG:
		settings_print(settings);
		return EXIT_CODE_OK;
	}
	return EXIT_CODE_FAILURE;
}

int main(int argc, char **argv)
{
	struct settings settings;
	int code;

	/* For the character set of the terminal only: numbers stay as C writes them. */
	(void)setlocale(LC_CTYPE, "");
	inherited_signals_note();
	(void)file_capabilities_raise(); /* `limpet check` says what is missing */
	/* A closed pipe or connection is an error of that write, not the end of us. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)journal_open(getenv("JOURNAL_STREAM"), STDERR_FILENO, NULL);
	if (settings_load(&settings, argc, argv, environ) < 0) {
		notify_socket_say_failure(log_first_error());
		return EXIT_CODE_SETTINGS;
	}
	log_set_level(settings.terminal.is_quiet && settings.log_level > LOG_LEVEL_WARNING
			      ? LOG_LEVEL_WARNING
			      : (enum log_level)settings.log_level);
	if (settings.is_help_wanted) {
		settings_print_help();
		code = EXIT_CODE_OK;
	} else if (settings.is_version_wanted) {
		(void)printf("limpet %s\n", LIMPET_VERSION);
		code = EXIT_CODE_OK;
	} else {
		code = run_command(&settings);
	}
	settings_done(&settings);
	return code;
}
