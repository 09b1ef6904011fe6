/*
 * Where in the source: the numbers that printed reports put behind a file's name. Shared by the
 * parsers of several languages.
 */
#ifndef TRACEBACKS_SOURCE_PLACE_H
#define TRACEBACKS_SOURCE_PLACE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

/* Takes separator and digits off the end of the text: "x.js:12" gives "x.js" and 12. False, and
 * nothing changed, when it does not end so, or nothing would be left. */
bool source_place_cut_number(struct view *text, struct view separator, uint32_t *ret_number);

/* The number at the start, 0 when there is none; what is too large is UINT32_MAX. */
uint32_t source_place_leading_number(struct view text);

/* How many spaces and tabs a line begins with. */
size_t source_place_indent(struct view line);

#endif
