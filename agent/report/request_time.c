/* A wait is the span's as far as it lies within it and none of its children runs. */
#include "report/request_time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int request_spans_init(struct request_spans *ret, const struct trace_layout *layout)
{
	struct request_spans spans = {.count = layout->count};

	spans.spans = calloc(layout->count + 1ul, sizeof(*spans.spans));
	if (!spans.spans)
		return -ENOMEM;
	for (uint32_t i = 0; i < layout->count; i++) {
		const struct span *span = layout->rows[i].span;

		spans.spans[i].start_unix_ns = span->start_unix_ns;
		spans.spans[i].end_unix_ns = span->end_unix_ns;
		spans.spans[i].depth = layout->rows[i].depth;
		memcpy(spans.spans[i].span_id, span->span_id, SPAN_ID_BYTES);
	}
	*ret = spans;
	return 0;
}

void request_spans_done(struct request_spans *spans)
{
	free(spans->spans);
	*spans = (struct request_spans){0};
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* From start to end without what spans directly below the index-th cover. */
static uint64_t time_of_its_own(const struct request_spans *spans, uint32_t index, uint64_t start,
				uint64_t end)
{
	uint32_t depth = spans->spans[index].depth;
	uint64_t own = 0;

	for (uint32_t i = index + 1; i < spans->count && spans->spans[i].depth > depth; i++) {
		const struct request_span *child = &spans->spans[i];

		if (child->depth != depth + 1)
			continue;
		if (child->start_unix_ns > start && start < end)
			own += earlier(child->start_unix_ns, end) - start;
		start = later(start, child->end_unix_ns);
	}
	return start < end ? own + (end - start) : own;
}

void request_time_add(struct request_time *time, const struct request_spans *spans,
		      const struct profile_sample *sample, const uint8_t span_id[SPAN_ID_BYTES])
{
	uint64_t end = sample->unix_ns + sample->weight_ns;

	if (!sample->is_off_cpu) {
		time->on_ns += sample->weight_ns;
		return;
	}
	for (uint32_t i = 0; i < spans->count; i++) {
		const struct request_span *span = &spans->spans[i];

		if (memcmp(span->span_id, span_id, SPAN_ID_BYTES) != 0)
			continue;
		time->waits_ns +=
			time_of_its_own(spans, i, later(sample->unix_ns, span->start_unix_ns),
					earlier(end, span->end_unix_ns));
		return;
	}
	time->waits_ns += sample->weight_ns;
}
