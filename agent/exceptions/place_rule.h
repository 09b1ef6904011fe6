/*
 * What a language's rule of places is: whose a frame is, and what its file and module are called.
 * One row per language in frame_places.c; the rules are pure.
 */
#ifndef EXCEPTIONS_PLACE_RULE_H
#define EXCEPTIONS_PLACE_RULE_H

#include "base/arena.h"
#include "model/exception.h"

/* Where the program runs. Folders end with a slash, or are empty when they are not known, or "/".
 */
struct place_scene {
	struct view directory;
	struct view script;
	struct view script_directory;
};

struct place_rule {
	/* Of the program itself, not of a library. */
	bool (*is_own)(const struct exception_frame *frame);
	/* Sets short_file, and the module where the language has one that no report prints. file:
	 * the frame's as a path. NULL: shortened by folders only. */
	void (*name)(struct exception_frame *frame, struct view file,
		     const struct place_scene *scene, struct arena *arena);
};

#endif
