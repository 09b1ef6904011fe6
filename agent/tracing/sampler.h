/* The head sampler: keeps or drops a trace by its id, in agreement with every other sampler that
 * follows OpenTelemetry's consistent probability rules, and with its parent. */
#ifndef TRACING_SAMPLER_H
#define TRACING_SAMPLER_H

#include "model/segment.h"

struct trace_context;
struct tracestate_ot;

struct sampler {
	uint64_t threshold;
	bool keeps_none; /* a ratio of 0 has no threshold */
	bool is_parent_based;
	char trace_state[32]; /* what a trace begun here and decided by us carries: "ot=th:…" */
};

/* A ratio outside 0 to 1 is taken as the nearer end. */
void sampler_init(struct sampler *sampler, double ratio, bool is_parent_based);

/*
 * The decision for a segment of this trace. parent and ot are what came in with the request, NULL
 * when nothing did. A parent without a decision leaves it to us.
 */
void sampler_decide(const struct sampler *sampler, const uint8_t trace_id[TRACE_ID_BYTES],
		    const struct trace_context *parent, const struct tracestate_ot *ot,
		    struct sampling_decision *ret);

#endif
