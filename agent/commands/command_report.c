/* `limpet report FILE`: a replay whose only destination is the page. What other destinations the
 * settings name is not for it: a page is made again and again, and sends nothing. */
#include "commands/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/log.h"

#define SUFFIX ".html"

static char *name_page(const struct settings *settings)
{
	const char *given = settings->terminal.html_file;
	const char *recording = settings->replay_file;
	size_t size = strlen(recording) + sizeof(SUFFIX);
	char *name;

	if (given)
		return strdup(given);
	if (strcmp(recording, "-") == 0)
		return strdup("limpet" SUFFIX);
	name = malloc(size);
	if (name)
		(void)snprintf(name, size, "%s" SUFFIX, recording);
	return name;
}

int command_report(const struct settings *settings)
{
	_cleanup_(cleanup_free) char *page = name_page(settings);
	struct settings replay = *settings;
	int code;

	if (!page) {
		log_error("cannot make the report: out of memory");
		return EXIT_CODE_FAILURE;
	}
	replay.command = COMMAND_REPLAY;
	replay.terminal = (struct terminal_settings){.trees = SWITCH_OFF, .html_file = page};
	replay.otlp = (struct otlp_settings){0};
	replay.sentry = (struct sentry_settings){0};
	replay.kubernetes.pod_dsn = false;
	code = command_replay_quietly(&replay);
	/* The page is written by a destination, which says what is wrong with it. */
	return code == EXIT_CODE_OK && log_first_error()[0] ? EXIT_CODE_FAILURE : code;
}
