/* What was decided about one process, and when that still holds. */
#ifndef DISCOVERY_DECISION_H
#define DISCOVERY_DECISION_H

#include "base/clock.h"
#include "discovery/discovery.h"

struct decision {
	uint64_t since_ns; /* record time of the program, or of what it was decided on */
	uint64_t made_ns;  /* 0: of its parent */
	uint64_t due_ns;   /* it comes of age; 0: never */
	uint32_t generation;
	uint8_t state;    /* enum discovery_state */
	bool is_final;    /* only another program changes it */
	bool is_program;  /* perf told of the program's beginning */
	bool is_told;     /* the kernel did, with its path, at since_ns */
	bool is_blind;    /* ignored for lack of an answer */
	bool is_counted;  /* and something of it was left out */
	bool is_awaiting; /* somebody will know more */
	bool is_ours;
};

#define LOAD_NS NS_PER_S /* from the exec that perf tells of to the one the ring does */

/* Was it made about the program whose exec was at time_ns, or about a later one? */
static inline bool decision_is_of_program(const struct decision *decision, uint64_t time_ns)
{
	return decision->since_ns > time_ns ||
	       (decision->is_told && decision->since_ns == time_ns) ||
	       (decision->is_program && time_ns - decision->since_ns < LOAD_NS);
}

/* Who is gone stays what it was, unless by other rules. */
static inline bool decision_is_past(const struct decision *decision,
				    const struct discovery_verdict *verdict,
				    uint32_t rules_generation)
{
	return verdict->is_blind && decision->state != DISCOVERY_UNDECIDED &&
	       (int32_t)(decision->generation - rules_generation) >= 0;
}

#endif
