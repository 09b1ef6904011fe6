/*
 * All that the screen shows, as it was at one moment: nothing in it changes while it is looked at.
 * Traces and crashes are shared with whoever collects them, everything else is a copy.
 */
#ifndef SCREEN_SCREEN_SNAPSHOT_H
#define SCREEN_SCREEN_SNAPSHOT_H

#include "base/drops.h"
#include "overview/live_traces.h"
#include "overview/operation_history.h"
#include "screen/screen_facts.h"
#include "screen/screen_output.h"

#define MAX_SCREEN_CRASHES 100
#define RATE_SECONDS       10 /* a rate is that of the last ones */

struct screen_operation {
	struct operation_key key;
	uint64_t count, errors, total_ns;
	uint64_t p50_ns, p95_ns, p99_ns, max_ns;
	double rate; /* per second, now */
	uint32_t seconds[HISTORY_SECONDS];
};

struct screen_snapshot {
	uint64_t running_ns; /* since the first */
	uint64_t unix_ns;
	struct screen_operation operations[MAX_OPERATIONS + 1];
	uint32_t operations_count;
	uint64_t spans_count, errors_count;
	struct live_trace *traces[LIVE_LISTS_COUNT][MAX_LIVE_TRACES];
	uint32_t traces_counts[LIVE_LISTS_COUNT];
	uint64_t traces_seen_count, traces_failed_count;
	struct item *crashes[MAX_SCREEN_CRASHES]; /* newest first */
	uint32_t crashes_count;
	uint64_t crashes_seen_count;
	struct drops drops;
	struct screen_facts facts;
	struct screen_lines output;
	bool has_output; /* it has nowhere else to go */
};

/* Zeroed: empty. Lets go of what is shared. */
void screen_snapshot_done(struct screen_snapshot *snapshot);

#endif
