/*
 * Optimal string alignment distance, for suggestions in messages about mistyped names. Names are
 * short: anything longer than the buffer is simply far from everything.
 */
#include "settings/name_distance.h"

#include <limits.h>

#define MAX_NAME_BYTES 64

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned name_distance(struct view a, struct view b)
{
	unsigned rows[3][MAX_NAME_BYTES + 1];

	if (a.size > MAX_NAME_BYTES || b.size > MAX_NAME_BYTES)
		return UINT_MAX;
	for (size_t j = 0; j <= b.size; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a.size; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *above = rows[(i - 1) % 3];
		const unsigned *two_above = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.size; j++) {
			unsigned cost = a.bytes[i - 1] != b.bytes[j - 1];

			row[j] = smaller(above[j - 1] + cost, smaller(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a.bytes[i - 1] == b.bytes[j - 2] &&
			    a.bytes[i - 2] == b.bytes[j - 1])
				row[j] = smaller(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a.size % 3][b.size];
}

struct nearest_name name_distance_begin(struct view name)
{
	/* Three errors in a long name, one in a short one: else any short word would do. */
	return (struct nearest_name){.name = name,
				     .best_distance = (unsigned)smaller(4, 2 + name.size / 6)};
}

void name_distance_try(struct nearest_name *nearest, const char *candidate)
{
	unsigned distance = name_distance(nearest->name, view_of_text(candidate));

	if (distance < nearest->best_distance && distance < nearest->name.size) {
		nearest->best_distance = distance;
		nearest->best = candidate;
	}
}
