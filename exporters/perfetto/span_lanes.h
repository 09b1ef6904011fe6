/*
 * Where spans are drawn: rows of a process on which they nest and never overlap. Requests of one
 * process run side by side, so each gets a row that is free all its time; segments come as they
 * end, in no order of their beginnings.
 */
#ifndef PERFETTO_SPAN_LANES_H
#define PERFETTO_SPAN_LANES_H

#include "base/hash_map.h"
#include "model/span.h"

#define MAX_SPAN_LANES     256 /* of a process */
#define MAX_LANE_PROCESSES 4096
#define NO_SPAN_LANE       UINT32_MAX

struct span_lanes {
	struct hash_map *processes;
};

int span_lanes_init(struct span_lanes *lanes);
void span_lanes_done(struct span_lanes *lanes);

struct lane_process;

/* NULL: no room for another process. ret_is_new: it was not asked for before. */
struct lane_process *span_lanes_process(struct span_lanes *lanes, uint32_t pid, bool *ret_is_new);

/* A row that is free for a span, and taken from now on; NO_SPAN_LANE: there is none. ret_is_new:
 * nothing was on it before. */
uint32_t span_lanes_take(struct lane_process *process, const struct span *span, bool *ret_is_new);

#endif
