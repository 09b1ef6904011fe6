/* "Did you mean": the known name with the fewest typing errors (insert, delete, replace, swap). */
#ifndef SETTINGS_NAME_DISTANCE_H
#define SETTINGS_NAME_DISTANCE_H

#include "base/view.h"

struct nearest_name {
	struct view name;
	const char *best;       /* NULL: none is near enough */
	unsigned best_distance; /* only nearer candidates replace it */
};

unsigned name_distance(struct view a, struct view b);

/* Begin with the mistyped name, try every candidate, read `best`. */
struct nearest_name name_distance_begin(struct view name);
void name_distance_try(struct nearest_name *nearest, const char *candidate);

#endif
