/*
 * What stands in front of a report on its first line and, often, on all its lines: timestamps,
 * levels, names of containers, what journald and klog put there.
 */
#ifndef TRACEBACKS_LINE_PREFIX_H
#define TRACEBACKS_LINE_PREFIX_H

#include "base/view.h"

#define MAX_LINE_PREFIX 160 /* what is longer is none */
#define MAX_PREFIX_ENDS 10

struct line_prefix {
	size_t size;
	char bytes[MAX_LINE_PREFIX];
};

/* Where something may begin behind a prefix: after "| ", "] ", ": ", "- ", a tab, and after the
 * words at the start that are a time, a level, or CRI's "F" and "P", and after "ERROR:name:". Never
 * 0. */
size_t line_prefix_ends(struct view line, uint16_t ret_ends[MAX_PREFIX_ENDS]);

/* "ERROR", "warn", "CRITICAL" … and those in brackets or with a colon. */
bool line_prefix_is_level(struct view word);
/* "2026-11-21T17:00:00.123Z", "17:00:00,123", "Nov" is none: digits and what joins them. */
bool line_prefix_is_time(struct view word);

void line_prefix_set(struct line_prefix *prefix, struct view bytes);

/* The line without it, when it has one of the same shape: any digits for digits, all else equal
 * (spaces at its end may be missing when nothing follows). Else the line. */
struct view line_prefix_remove(const struct line_prefix *prefix, struct view line);

#endif
