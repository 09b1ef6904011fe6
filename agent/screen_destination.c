/* `attach` has the terminal to itself. With `run` it is CMD's, as long as nobody says otherwise:
 * what CMD prints, asks and is told by Ctrl-C is between the two. A recording is shown so when
 * asked for.
 */
#include "screen_destination.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "screen/screen.h"
#include "screen/screen_capability.h"

/* Nobody asked for something that it would be in the way of. */
static bool is_free(const struct terminal_settings *terminal)
{
	return terminal->trees != SWITCH_OFF && !terminal->is_quiet &&
	       !(terminal->json_file && strcmp(terminal->json_file, "-") == 0);
}

bool screen_destination_is_wanted(const struct settings *settings)
{
	const struct terminal_settings *terminal = &settings->terminal;
	bool is_asked = settings->command == COMMAND_ATTACH && terminal->plain == SWITCH_AUTO;
	bool is_forced = settings->command != COMMAND_AGENT && terminal->plain == SWITCH_OFF;

	return (is_asked || is_forced) && is_free(terminal) &&
	       screen_capability_is_there(STDIN_FILENO, STDOUT_FILENO);
}

bool screen_destination_is_left_to_command(const struct settings *settings)
{
	return settings->command == COMMAND_RUN && settings->terminal.plain == SWITCH_AUTO &&
	       is_free(&settings->terminal) && isatty(STDERR_FILENO) &&
	       screen_capability_is_there(STDIN_FILENO, STDOUT_FILENO);
}

/* Asked for by its name: nobody should have to guess why it does not come. */
static void say_missing(const struct settings *settings)
{
	if (settings->command != COMMAND_AGENT && settings->terminal.plain == SWITCH_OFF &&
	    is_free(&settings->terminal))
		log_warning("plain=off: lines scroll, as there can be no full screen here; it "
			    "takes a terminal as standard input and output, of a kind that TERM "
			    "names");
}

int screen_destination_add(struct destination_lane *lane, struct screen **ret,
			   const struct settings *settings, struct drops *drops)
{
	const struct screen_settings wanted = {
		.out = stdout,
		.is_colour = settings->terminal.colours != SWITCH_OFF,
		.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
		.drops = drops,
	};
	struct exporter *exporter;
	struct screen *screen;
	int err;

	*ret = NULL;
	if (!screen_destination_is_wanted(settings)) {
		say_missing(settings);
		return 0;
	}
	err = screen_new(&exporter, &screen, &wanted);
	if (err == 0)
		err = destination_lane_add(lane, &exporter, settings, -1, drops);
	if (err < 0)
		log_error("cannot open the screen: %s", strerror(-err));
	else
		*ret = screen;
	return err;
}
