/* A string table: each text once, by index, in the order in which they were asked for. */
#ifndef EXPORTERS_STRING_TABLE_H
#define EXPORTERS_STRING_TABLE_H

#include "base/arena.h"
#include "base/content_index.h"

struct string_table {
	struct arena arena;
	struct content_index index;
	struct view *texts;
	uint32_t count, capacity;
	bool is_failed; /* a text had no room, and is the first one */
};

void string_table_init(struct string_table *strings);
void string_table_done(struct string_table *strings);

/* Copied. */
uint32_t string_table_add(struct string_table *strings, struct view text);

#endif
