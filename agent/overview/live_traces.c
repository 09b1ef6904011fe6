/* Three short sorted arrays: adding moves at most a hundred pointers. */
#include "overview/live_traces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct live_trace *live_traces_reference(struct live_trace *trace)
{
	(void)__atomic_add_fetch(&trace->references, 1, __ATOMIC_RELAXED);
	return trace;
}

void live_traces_release(struct live_trace **trace)
{
	struct live_trace *released = *trace;

	*trace = NULL;
	if (!released || __atomic_sub_fetch(&released->references, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	trace_collector_release(&released->trace);
	free(released);
}

/* The segment that began first is the root's, as far as anybody saw. */
static void describe(struct live_trace *trace)
{
	const struct segment *first = NULL;
	uint64_t end_ns = 0;

	trace->start_unix_ns = UINT64_MAX;
	for (uint32_t i = 0; i < trace->trace.count; i++) {
		const struct segment *segment = trace->trace.items[i]->segment;

		trace->spans_count += segment->spans_count;
		for (uint32_t j = 0; j < segment->spans_count; j++) {
			const struct span *span = segment->spans[j];

			trace->errors_count += span->status == STATUS_ERROR;
			if (span->end_unix_ns > end_ns)
				end_ns = span->end_unix_ns;
			if (span->start_unix_ns >= trace->start_unix_ns)
				continue;
			trace->start_unix_ns = span->start_unix_ns;
			first = segment;
		}
	}
	if (!first)
		return;
	trace->duration_ns = end_ns > trace->start_unix_ns ? end_ns - trace->start_unix_ns : 0;
	trace->root = operation_table_key(first->resource, segment_root(first));
}

/* The list's own reference goes. Segments are counted with the last list that has the trace. */
static void drop(struct live_traces *traces, struct live_trace **place)
{
	struct live_trace *dropped = *place;
	bool is_listed = false;

	*place = NULL;
	for (int list = 0; list < LIVE_LISTS_COUNT && !is_listed; list++)
		for (uint32_t i = 0; i < traces->counts[list] && !is_listed; i++)
			is_listed = traces->lists[list][i] == dropped;
	if (!is_listed)
		traces->segments_count -= dropped->trace.count;
	live_traces_release(&dropped);
}

static void insert(struct live_traces *traces, enum live_list list, uint32_t at,
		   struct live_trace *trace)
{
	struct live_trace **items = traces->lists[list];
	uint32_t *count = &traces->counts[list];

	if (*count == MAX_LIVE_TRACES)
		drop(traces, &items[--*count]);
	memmove(items + at + 1, items + at, (*count - at) * sizeof(items[0]));
	items[at] = live_traces_reference(trace);
	++*count;
}

static void insert_slowest(struct live_traces *traces, struct live_trace *trace)
{
	struct live_trace **items = traces->lists[LIVE_SLOWEST];
	uint32_t at = traces->counts[LIVE_SLOWEST];

	while (at > 0 && items[at - 1]->duration_ns < trace->duration_ns)
		at--;
	if (at < MAX_LIVE_TRACES)
		insert(traces, LIVE_SLOWEST, at, trace);
}

static void make_room(struct live_traces *traces)
{
	uint32_t *count = &traces->counts[LIVE_LATEST];

	while (traces->segments_count > MAX_LIVE_SEGMENTS && *count > 1)
		drop(traces, &traces->lists[LIVE_LATEST][--*count]);
	for (int list = LIVE_SLOWEST; list < LIVE_LISTS_COUNT; list++)
		while (traces->segments_count > MAX_LIVE_SEGMENTS && traces->counts[list] > 1)
			drop(traces, &traces->lists[list][--traces->counts[list]]);
}

int live_traces_add(struct live_traces *traces, struct collected_trace *trace)
{
	struct live_trace *added = calloc(1, sizeof(*added));

	if (!added) {
		trace_collector_release(trace);
		return -ENOMEM;
	}
	added->references = 1;
	added->trace = *trace;
	*trace = (struct collected_trace){0};
	describe(added);
	added->number = traces->seen_count++;
	traces->failed_count += added->errors_count > 0;
	traces->segments_count += added->trace.count;
	insert(traces, LIVE_LATEST, 0, added);
	insert_slowest(traces, added);
	if (added->errors_count)
		insert(traces, LIVE_FAILED, 0, added);
	live_traces_release(&added);
	make_room(traces);
	return 0;
}

void live_traces_done(struct live_traces *traces)
{
	for (int list = 0; list < LIVE_LISTS_COUNT; list++) {
		for (uint32_t i = 0; i < traces->counts[list]; i++)
			live_traces_release(&traces->lists[list][i]);
		traces->counts[list] = 0;
	}
}
