/* The tracestate field: validation, and OpenTelemetry's entry `ot` read and rewritten. */
#ifndef TRACING_TRACESTATE_H
#define TRACING_TRACESTATE_H

#include "model/segment.h"

#define MAX_TRACESTATE_MEMBERS  32
#define MAX_TRACESTATE_BYTES    512 /* what must be carried at least; we carry no more */
#define MAX_TRACESTATE_OT_BYTES 256

struct tracestate_ot {
	bool has_threshold; /* th */
	uint64_t threshold;
	bool has_randomness; /* rv */
	uint64_t randomness;
};

/* By the grammar of level 2. Empty is valid. */
bool tracestate_is_valid(struct view tracestate);

/* What the `ot` entry says, all false when there is none or it is malformed. An invalid tracestate
 * says nothing. */
void tracestate_read_ot(struct view tracestate, struct tracestate_ot *ret);

/*
 * The tracestate to send on: `th` as the decision has it (erased when it is not known), everything
 * else of `ot` kept, a changed entry moved to the left, at most 32 members and MAX_TRACESTATE_BYTES
 * (members above 128 bytes go first, then the right-most). The buffer has room for
 * MAX_TRACESTATE_BYTES. Empty for nothing to send; an invalid tracestate counts as none.
 */
struct view tracestate_write(struct view tracestate, const struct sampling_decision *decision,
			     char *buffer);

#endif
