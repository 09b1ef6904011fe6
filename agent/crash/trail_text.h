/*
 * The kernel's trail of a process as breadcrumbs: failed system calls by name, standard error by
 * line. The bytes are the process's own and hostile: control characters and colour sequences go.
 * Pure.
 */
#ifndef CRASH_TRAIL_TEXT_H
#define CRASH_TRAIL_TEXT_H

#include "model/crash.h"

#define MAX_TRAIL_LINES  24
#define MAX_TRAIL_CRUMBS (TRAIL_CALLS + MAX_TRAIL_LINES)

/* Not sorted by time; how many. A line that a write left open goes on with the next piece. */
uint32_t trail_text_write(const struct crash_trail *trail, uint64_t unix_offset_ns,
			  struct arena *arena, struct breadcrumb *ret_crumbs, uint32_t room);

/* What it wrote to standard error in the last moments before then_ns, as it wrote it. */
struct view trail_text_tail(const struct crash_trail *trail, uint64_t then_ns, struct arena *arena);

#endif
