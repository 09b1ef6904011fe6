/* Rules against facts: pure, so that every case is a line in a test. */
#ifndef DISCOVERY_RULE_MATCHER_H
#define DISCOVERY_RULE_MATCHER_H

#include "discovery/discovery_facts.h"

#define RULE_NONE (-1) /* no rule matched */
#define RULE_WISH (-2) /* the pod's annotation decided */

struct discovery_verdict {
	bool is_traced;
	bool is_provisional; /* something it hangs on is not known yet, or the process too young */
	bool is_blind;       /* something it hangs on could not be known at all */
	int rule;            /* its place, or RULE_… */
	uint64_t wait_ns;    /* until an age is reached that may change it; 0: none */
};

/*
 * A pod's wish goes before the rules; then the first rule that matches; else the process is traced.
 * A fact that is not known speaks for a rule that ignores and against one that traces: what may
 * have to be left out is left out. Facts are asked of the source when a rule comes to them.
 */
void rule_matcher_decide(const struct discovery_rules *rules,
			 const struct discovery_fact_source *source, struct discovery_facts *facts,
			 struct discovery_verdict *ret);

#endif
