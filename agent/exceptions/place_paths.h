/* Parts of paths that tell where packages are installed. Pure. */
#ifndef EXCEPTIONS_PLACE_PATHS_H
#define EXCEPTIONS_PLACE_PATHS_H

#include "exceptions/place_rule.h"

/* "has(file, "/site-packages/")": anywhere in it. */
bool place_paths_has(struct view path, const char *part);

/* prefixes: NULL ends them. */
bool place_paths_begins(struct view text, const char *const *prefixes);

/* What follows the last of `part`; empty: it is not there. */
struct view place_paths_after(struct view path, const char *part);

/* What follows the folder where packages are installed, else that of the script, else the working
 * directory; empty: none of them. */
struct view place_paths_shorten(struct view file, const struct place_scene *scene);

/* The same without the first. */
struct view place_paths_below_program(struct view file, const struct place_scene *scene);

/* "/srv/app/" of "/srv/app/main.py". */
struct view place_paths_folder(struct view path);

#endif
