/* Trace context as it comes in with a request: traceparent, sentry-trace or B3. */
#ifndef TRACING_TRACE_CONTEXT_H
#define TRACING_TRACE_CONTEXT_H

#include "model/exchange.h"
#include "model/span.h"

enum trace_context_source {
	TRACE_CONTEXT_TRACEPARENT = 1,
	TRACE_CONTEXT_SENTRY = 2,
	TRACE_CONTEXT_B3 = 3,
};

struct trace_context {
	uint8_t trace_id[TRACE_ID_BYTES];
	uint8_t parent_span_id[SPAN_ID_BYTES];
	bool has_sampled; /* false: the sender left the decision to us */
	bool is_sampled;
	bool has_random_flag; /* W3C level 2, traceparent only */
	enum trace_context_source source;
};

/* The first valid one in the order of the enum; false when there is none. A tracestate belongs to
 * it only when the source is TRACE_CONTEXT_TRACEPARENT. */
bool trace_context_extract(const struct propagation *propagation, struct trace_context *ret);

/*
 * tracestate and baggage may come as one view over several field lines (protocols/http1_head.c):
 * their values joined with commas, in the buffer. A value of one line comes back as it is. Lines
 * that no longer fit are left out whole.
 */
struct view trace_context_join_lines(struct view lines, char *buffer, size_t size);

#endif
