/*
 * Brings the segments of a trace together: they finish one by one, in whatever order. A trace is
 * settled when nothing more came for a moment, and is given out once; what arrives later is a trace
 * of its own with the same id. Bounded: when too much is pending, the longest quiet one settles.
 */
#ifndef OVERVIEW_TRACE_COLLECTOR_H
#define OVERVIEW_TRACE_COLLECTOR_H

#include <stdbool.h>
#include "model/item.h"

#define MAX_PENDING_TRACES   512
#define MAX_PENDING_SEGMENTS 4096
#define MAX_TRACE_SEGMENTS   128 /* of one trace; then it settles and a new one begins */

struct collected_trace {
	struct item **items; /* one reference each */
	uint32_t count;
};

struct trace_collector;

int trace_collector_new(struct trace_collector **ret);
void trace_collector_free(struct trace_collector **collector);

/* Takes a reference. -ENOMEM: the item is not collected. */
int trace_collector_add(struct trace_collector *collector, struct item *item, uint64_t now_ns);

/*
 * Gives out one trace that has been quiet since `until_ns` (UINT64_MAX: any), oldest first. One
 * whose caller was seen and is still at work is not complete: it waits for that until `overdue_ns`.
 * The caller owns what it gets.
 */
bool trace_collector_take(struct trace_collector *collector, uint64_t until_ns, uint64_t overdue_ns,
			  struct collected_trace *ret);

/* One too many pending: the next must be taken before another is added? */
bool trace_collector_is_full(const struct trace_collector *collector);

void trace_collector_release(struct collected_trace *trace);

#endif
