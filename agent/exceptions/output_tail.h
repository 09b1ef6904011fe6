/*
 * What a thread wrote before its stream began (OUTPUT_IS_TAIL), back into writes. Pure; total.
 */
#ifndef EXCEPTIONS_OUTPUT_TAIL_H
#define EXCEPTIONS_OUTPUT_TAIL_H

#include "base/view.h"
#include "shared/limits.h"

/* No write is empty. */
#define MAX_TAIL_WRITES (2 * OUTPUT_TAIL_BYTES / 3)

/* Whole writes only, in order of time; views into bytes. Returns how many. */
size_t output_tail_split(struct view bytes, struct view writes[MAX_TAIL_WRITES]);

#endif
