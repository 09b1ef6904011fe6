/* `limpet diff A B`: two replays, each with nothing but a digest to go to. Like a report it can be
 * made again and again, and sends nothing. */
#include "commands/commands.h"

#include "base/cleanup.h"
#include "base/log.h"
#include "recording_diff.h"

static int read_one(struct recording_diff *diff, const struct settings *settings, char *path)
{
	struct settings replay = *settings;
	struct exporter *exporter = NULL;

	replay.command = COMMAND_REPLAY;
	replay.replay_file = path;
	if (recording_diff_open(diff, &exporter) < 0) {
		log_error("cannot read %s: out of memory", path);
		return EXIT_CODE_FAILURE;
	}
	return command_replay_into(&replay, &exporter);
}

int command_diff(const struct settings *settings)
{
	_cleanup_(recording_diff_free) struct recording_diff *diff = NULL;
	int code;

	if (recording_diff_new(&diff, settings) < 0) {
		log_error("cannot compare: out of memory");
		return EXIT_CODE_FAILURE;
	}
	code = read_one(diff, settings, settings->replay_file);
	if (code == EXIT_CODE_OK)
		code = read_one(diff, settings, settings->diff_file);
	return code == EXIT_CODE_OK ? (int)recording_diff_tell(diff) : code;
}
