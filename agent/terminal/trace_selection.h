/*
 * Which traces a person gets to see when there are more than anyone can read: the first few of each
 * second at once, then the failed and the slowest of the rest at its end; the others are counted.
 */
#ifndef TERMINAL_TRACE_SELECTION_H
#define TERMINAL_TRACE_SELECTION_H

#include "overview/trace_collector.h"

#define SELECTION_FIRST 10 /* of each second, shown at once */
#define SELECTION_BEST  10 /* kept of the rest */

struct selected_trace {
	struct collected_trace trace;
	uint64_t duration_ns;
	uint64_t order;
	bool is_failed;
};

struct trace_selection {
	uint64_t window_start_ns;
	uint32_t shown_count;
	uint32_t kept_count;
	uint64_t hidden_count;
	uint64_t next_order;
	struct selected_trace kept[SELECTION_BEST];
};

/* True: show it now, it stays the caller's. False: it was taken. */
bool trace_selection_offer(struct trace_selection *selection, struct collected_trace *trace);

/* Is the second over? Then the caller takes the kept ones and closes it. */
bool trace_selection_is_over(const struct trace_selection *selection, uint64_t now_ns);

/* The kept ones in order of arrival; the caller owns them then. False when there is none left. */
bool trace_selection_take(struct trace_selection *selection, struct collected_trace *ret);

/* Begins the next second; returns how many traces of the last one were not shown. */
uint64_t trace_selection_close(struct trace_selection *selection, uint64_t now_ns);

#endif
