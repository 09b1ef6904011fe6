/* A string table: each text once, by index, in the order in which they were asked for. */
#ifndef PROFILE_PPROF_STRINGS_H
#define PROFILE_PPROF_STRINGS_H

#include "base/arena.h"
#include "base/content_index.h"

struct pprof_strings {
	struct arena arena;
	struct content_index index;
	struct view *texts;
	uint32_t count, capacity;
	bool is_failed; /* a text had no room, and is the first one */
};

void pprof_strings_init(struct pprof_strings *strings);
void pprof_strings_done(struct pprof_strings *strings);

/* Copied. */
uint32_t pprof_strings_add(struct pprof_strings *strings, struct view text);

#endif
