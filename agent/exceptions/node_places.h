/*
 * Node, Deno and Bun: what has a path of its own is the program's, but for node_modules. The module
 * is made of the path below the main script's folder, as Sentry's SDK makes it: a stack does not
 * print it. Pure.
 */
#ifndef EXCEPTIONS_NODE_PLACES_H
#define EXCEPTIONS_NODE_PLACES_H

#include "exceptions/place_rule.h"

bool node_places_is_own(const struct exception_frame *frame);
void node_places_name(struct exception_frame *frame, struct view file,
		      const struct place_scene *scene, struct arena *arena);

#endif
