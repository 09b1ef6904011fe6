/*
 * Python: what is installed or comes with it is a library's. The module is what the import system
 * would call it, from the path: a traceback does not print it. Pure.
 */
#ifndef EXCEPTIONS_PYTHON_PLACES_H
#define EXCEPTIONS_PYTHON_PLACES_H

#include "exceptions/place_rule.h"

bool python_places_is_own(const struct exception_frame *frame);
void python_places_name(struct exception_frame *frame, struct view file,
			const struct place_scene *scene, struct arena *arena);

#endif
