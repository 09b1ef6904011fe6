/*
 * What the programs look for in output: the languages' markers as tables (shared/output_tables.h).
 * Of every marker one word is chosen for each place modulo four that it can begin at, the one that
 * is rarest in ordinary text. Pure.
 */
#ifndef CAPTURE_OUTPUT_MARKERS_H
#define CAPTURE_OUTPUT_MARKERS_H

#include <linux/types.h>
#include "shared/output_tables.h"
#include "tracebacks/traceback.h"

#define MIN_MARKER_BYTES  7
#define MIN_OPENING_BYTES 3
#define MAX_OPENING_BYTES 8

/* languages: NULL-ended. -EINVAL: a marker or opening is too short or too long; -ENOSPC: they are
 * too many. */
int output_markers_build(struct output_tables *ret,
			 const struct traceback_language *const *languages);

#endif
