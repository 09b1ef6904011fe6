/*
 * Reading the settings again while limpet runs: from the same command line, file and environment.
 * What can change live does so in place, what cannot is said; a file that is refused changes
 * nothing. Capture thread, whose stages read the fields.
 */
#ifndef SETTINGS_SETTINGS_RELOAD_H
#define SETTINGS_SETTINGS_RELOAD_H

#include <stdbool.h>
#include "settings/settings.h"

struct settings_change {
	unsigned live_count;    /* taken over */
	unsigned restart_count; /* wait for the next start */
};

/* May these settings be used? False after a message: nothing changes. */
typedef bool (*settings_judge_fn)(const struct settings *fresh);

/*
 * 0, or -EINVAL after one or more messages, with the settings as they were. Strings of the fields
 * that changed are freed: who keeps one must ask for it again.
 */
int settings_reload(struct settings *settings, settings_judge_fn judge,
		    struct settings_change *ret);

#endif
