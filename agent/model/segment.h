/*
 * A segment: a local root span and the spans below it in one process (Sentry's transaction).
 * spans[0] is the root. Built on the capture thread; immutable once it is in an item.
 */
#ifndef MODEL_SEGMENT_H
#define MODEL_SEGMENT_H

#include "base/arena.h"
#include "model/resource.h"
#include "model/span.h"

#define MAX_SEGMENT_SPANS 1000    /* Sentry's maxSpans */
#define MAX_SEGMENT_BYTES 4194304 /* arena cap of one segment */

/* The consistent probability decision (OTel tracestate-probability-sampling): keep while randomness
 * >= threshold. */
struct sampling_decision {
	uint64_t threshold;  /* 56 bits; 0 keeps all */
	uint64_t randomness; /* 56 bits: `rv`, else the low 56 bits of the trace id */
	bool has_threshold;  /* false: the probability is unknown (a parent decided without saying
				how) */
	bool is_sampled;
	bool has_random_flag; /* W3C random flag */
};

struct segment {
	struct arena arena;
	uint8_t trace_id[TRACE_ID_BYTES];
	struct span **spans;
	uint32_t spans_count;
	uint32_t spans_capacity;
	uint32_t dropped_spans_count;
	struct sampling_decision sampling;
	struct view trace_state; /* W3C tracestate to send on, with our `ot` entry; may be empty */
	struct view baggage;     /* the incoming `baggage` header as received; may be empty */
	bool has_sentry_trace;   /* the trace came with a sentry-trace header */
	struct resource *resource;
};

int segment_new(struct segment **ret, struct resource *resource);
void segment_free(struct segment **segment);

/* A zeroed span in the segment's arena with a fresh id; NULL beyond the caps (counted in
 * dropped_spans_count). */
struct span *segment_add_span(struct segment *segment);

/* A deep copy of a span (same id) at the end of another segment; NULL beyond the caps. */
struct span *segment_copy_span(struct segment *segment, const struct span *span);

/* Takes the span out of the list; its memory stays in the arena. */
void segment_remove_span(struct segment *segment, const struct span *span);

static inline struct span *segment_root(const struct segment *segment)
{
	return segment->spans[0];
}

#endif
