/*
 * Whose a frame is: the program's own (in_app) or a library's, by the rules of the language and
 * the settings (--in-app-include before --in-app-exclude before the language's rules), and what its
 * file is called when the place of installation is left out. For Python also the module, from the
 * path. The rules are those of Sentry's SDKs (reference/exceptions.md section 6), so that events
 * look and group alike. Pure.
 */
#ifndef EXCEPTIONS_FRAME_PLACES_H
#define EXCEPTIONS_FRAME_PLACES_H

#include "model/crash.h"
#include "process/process_scene.h"

/* Comma-separated prefixes, NULL: none; borrowed. */
struct frame_places {
	const char *include;
	const char *exclude;
};

/* Sets is_in_app, short_file and (Python) module of every frame of every exception and thread. */
void frame_places_apply(const struct frame_places *places, const struct process_scene *scene,
			struct crash *crash);

#endif
