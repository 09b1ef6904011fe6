/*
 * The traces that somebody who watches may look at: the latest, the slowest and the latest failed.
 * Bounded in traces and in segments. A trace is shared by the lists it is on and by whoever took a
 * reference: any thread may release one; all else is for one thread at a time.
 */
#ifndef OVERVIEW_LIVE_TRACES_H
#define OVERVIEW_LIVE_TRACES_H

#include "overview/operation_table.h"
#include "overview/trace_collector.h"

#define MAX_LIVE_TRACES   100  /* on each list */
#define MAX_LIVE_SEGMENTS 4096 /* of all of them; the oldest of the latest go first */

enum live_list { LIVE_LATEST, LIVE_SLOWEST, LIVE_FAILED, LIVE_LISTS_COUNT };

struct live_trace {
	uint32_t references; /* atomic */
	struct collected_trace trace;
	struct operation_key root; /* what began it */
	uint64_t start_unix_ns, duration_ns;
	uint32_t spans_count, errors_count;
	uint64_t number; /* rises with every trace */
};

struct live_traces {
	struct live_trace *lists[LIVE_LISTS_COUNT][MAX_LIVE_TRACES]; /* newest, or slowest, first */
	uint32_t counts[LIVE_LISTS_COUNT];
	uint64_t segments_count; /* of those on a list */
	uint64_t seen_count, failed_count;
};

void live_traces_done(struct live_traces *traces);

/* Takes the trace, on failure too. -ENOMEM: it is not there. */
int live_traces_add(struct live_traces *traces, struct collected_trace *trace);

struct live_trace *live_traces_reference(struct live_trace *trace);
void live_traces_release(struct live_trace **trace);

#endif
