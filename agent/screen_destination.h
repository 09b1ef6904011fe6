/* Is a full screen wanted, and can there be one? It stands in the place of the terminal's scrolling
 * lines. */
#ifndef SCREEN_DESTINATION_H
#define SCREEN_DESTINATION_H

#include <stdbool.h>
#include "base/drops.h"
#include "destination_lane.h"
#include "settings/settings.h"

struct screen;

bool screen_destination_is_wanted(const struct settings *settings);

/* `run`: there could be one, but the terminal is CMD's, and nobody has said otherwise. */
bool screen_destination_is_left_to_command(const struct settings *settings);

/* *ret is NULL when none is wanted. -errno, after it was said. */
int screen_destination_add(struct destination_lane *lane, struct screen **ret,
			   const struct settings *settings, struct drops *drops);

#endif
