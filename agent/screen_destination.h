/* Is a full screen wanted, and can there be one? It stands in the place of the terminal's scrolling
 * lines. */
#ifndef SCREEN_DESTINATION_H
#define SCREEN_DESTINATION_H

#include <stdbool.h>
#include "base/drops.h"
#include "settings/settings.h"

struct exporter;
struct screen;

bool screen_destination_is_wanted(const struct settings *settings);

/* -errno. */
int screen_destination_open(struct exporter **ret, struct screen **ret_screen,
			    const struct settings *settings, const struct drops *drops);

#endif
