/* Globs of rules: '*' any bytes (slashes too), '?' one byte, a backslash makes the next byte plain.
 * Never slower than pattern times text: the text is the process's own. */
#ifndef DISCOVERY_DISCOVERY_GLOB_H
#define DISCOVERY_DISCOVERY_GLOB_H

#include "base/view.h"

/* The whole text. */
bool discovery_glob_matches(struct view pattern, struct view text);

/* Of a path: a pattern without a slash is one for its base name. */
bool discovery_glob_matches_path(struct view pattern, struct view path);

#endif
