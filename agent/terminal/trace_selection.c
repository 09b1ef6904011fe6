/* A small array of the best seen; a new candidate replaces the least of them or is dropped. */
#include "terminal/trace_selection.h"

#include "base/clock.h"

#define WINDOW_NS NS_PER_S

static struct selected_trace describe(const struct collected_trace *trace)
{
	struct selected_trace candidate = {.trace = *trace};
	uint64_t start_ns = UINT64_MAX, end_ns = 0;

	for (uint32_t i = 0; i < trace->count; i++) {
		const struct segment *segment = trace->items[i]->segment;

		for (uint32_t s = 0; s < segment->spans_count; s++) {
			const struct span *span = segment->spans[s];

			if (span->start_unix_ns < start_ns)
				start_ns = span->start_unix_ns;
			if (span->end_unix_ns > end_ns)
				end_ns = span->end_unix_ns;
			candidate.is_failed |= span->status == STATUS_ERROR;
		}
	}
	candidate.duration_ns = end_ns > start_ns ? end_ns - start_ns : 0;
	return candidate;
}

static bool is_less(const struct selected_trace *a, const struct selected_trace *b)
{
	if (a->is_failed != b->is_failed)
		return b->is_failed;
	return a->duration_ns < b->duration_ns;
}

bool trace_selection_offer(struct trace_selection *selection, struct collected_trace *trace)
{
	struct selected_trace candidate;
	uint32_t least = 0;

	if (selection->shown_count < SELECTION_FIRST) {
		selection->shown_count++;
		return true;
	}
	candidate = describe(trace);
	candidate.order = selection->next_order++;
	*trace = (struct collected_trace){0};
	if (selection->kept_count < SELECTION_BEST) {
		selection->kept[selection->kept_count++] = candidate;
		return false;
	}
	for (uint32_t i = 1; i < SELECTION_BEST; i++)
		if (is_less(&selection->kept[i], &selection->kept[least]))
			least = i;
	if (is_less(&selection->kept[least], &candidate)) {
		struct selected_trace replaced = selection->kept[least];

		selection->kept[least] = candidate;
		candidate = replaced;
	}
	trace_collector_release(&candidate.trace);
	selection->hidden_count++;
	return false;
}

bool trace_selection_is_over(const struct trace_selection *selection, uint64_t now_ns)
{
	return now_ns - selection->window_start_ns >= WINDOW_NS;
}

bool trace_selection_take(struct trace_selection *selection, struct collected_trace *ret)
{
	uint32_t first = 0;

	if (!selection->kept_count)
		return false;
	for (uint32_t i = 1; i < selection->kept_count; i++)
		if (selection->kept[i].order < selection->kept[first].order)
			first = i;
	*ret = selection->kept[first].trace;
	selection->kept[first] = selection->kept[--selection->kept_count];
	return true;
}

uint64_t trace_selection_close(struct trace_selection *selection, uint64_t now_ns)
{
	uint64_t hidden = selection->hidden_count;

	selection->window_start_ns = now_ns;
	selection->shown_count = 0;
	selection->hidden_count = 0;
	return hidden;
}
