/*
 * The lines of a text that was read whole: any of them is found without going through all before
 * it. Lines end with LF or CRLF; the last one may do without. Pure.
 */
#ifndef EXCEPTIONS_SOURCE_LINES_H
#define EXCEPTIONS_SOURCE_LINES_H

#include "base/arena.h"
#include "base/view.h"

#define MAX_SOURCE_MARKS      512
#define MAX_SOURCE_LINE_BYTES 1024 /* as it is sent; a longer one ends in "..." */

struct source_lines {
	struct view text; /* borrowed */
	uint32_t count;
	uint32_t stride;                  /* lines from one mark to the next */
	uint32_t marks[MAX_SOURCE_MARKS]; /* where lines 1, 1 + stride, … begin */
};

/* text: less than 4 GiB. */
void source_lines_index(struct source_lines *lines, struct view text);

/* Line `number`, from 1, without its end; false beyond the last. */
bool source_lines_find(const struct source_lines *lines, uint32_t number, struct view *ret);

/* As it is sent: whole characters, what is none becomes U+FFFD, capped. bytes == NULL: memory or
 * the arena's cap is out. */
struct view source_lines_copy(struct view line, struct arena *arena);

#endif
