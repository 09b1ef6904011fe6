/*
 * The sampler follows a pod's rate from its first known segment on (tracing/trace_resolver.c). What
 * was decided before is thinned here, which later samplers may do: by the same randomness, and said
 * in the trace state. A trace that began elsewhere is not ours to thin.
 */
#include "pod_policy.h"

#include "model/sampling.h"
#include "tracing/tracestate.h"

bool pod_policy_keeps(struct segment *segment, double rate)
{
	struct sampling_decision *decision = &segment->sampling;
	char buffer[MAX_TRACESTATE_BYTES];
	uint64_t threshold = rate > 0 ? sampling_threshold(rate) : SAMPLING_RANGE;

	if (segment_root(segment)->parent_source != PARENT_NONE || !decision->has_threshold ||
	    decision->threshold >= threshold)
		return true;
	if (decision->randomness < threshold)
		return false;
	decision->threshold = threshold;
	segment->trace_state = arena_copy(&segment->arena,
					  tracestate_write(segment->trace_state, decision, buffer));
	return true;
}

bool pod_policy_admits(struct pod_source *pods, struct item *item, enum drop_reason *ret_reason,
		       const char **ret_dsn)
{
	struct pod_facts facts;

	*ret_dsn = NULL;
	if (!pods || !pod_source_find(pods, item_resource(item), &facts))
		return true;
	*ret_reason = facts.steering->is_muted ? DROP_POD_MUTED : DROP_SAMPLED;
	if (facts.steering->is_muted || (item->kind == ITEM_SEGMENT && facts.steering->has_rate &&
					 !pod_policy_keeps(item->segment, facts.steering->rate)))
		return false;
	*ret_dsn = pod_source_dsn(pods, &facts);
	return true;
}
