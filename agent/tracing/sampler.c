/*
 * Decides at the head of a segment. Keep while randomness >= threshold; both are 56 bits and come
 * from the trace, so no two agents disagree. A parent's decision is kept, and its threshold only
 * while the two agree: a `th` that contradicts the sampled flag would make every count wrong.
 */
#include "tracing/sampler.h"

#include <stdio.h>
#include "model/sampling.h"
#include "tracing/trace_context.h"
#include "tracing/tracestate.h"

void sampler_init(struct sampler *sampler, double ratio, bool is_parent_based)
{
	bool keeps_some = ratio > 0; /* false for NaN too */
	char text[SAMPLING_THRESHOLD_DIGITS + 1];

	*sampler = (struct sampler){
		.threshold = keeps_some ? sampling_threshold(ratio) : 0,
		.keeps_none = !keeps_some,
		.is_parent_based = is_parent_based,
	};
	if (keeps_some)
		(void)snprintf(sampler->trace_state, sizeof(sampler->trace_state), "ot=th:%.*s",
			       VIEW_FORMAT(sampling_threshold_text(sampler->threshold, text)));
}

static void follow_parent(const struct trace_context *parent, const struct tracestate_ot *ot,
			  struct sampling_decision *ret)
{
	ret->is_sampled = parent->is_sampled;
	if (!ot || !ot->has_threshold || (ret->randomness >= ot->threshold) != ret->is_sampled)
		return;
	ret->threshold = ot->threshold;
	ret->has_threshold = true;
}

void sampler_decide(const struct sampler *sampler, const uint8_t trace_id[TRACE_ID_BYTES],
		    const struct trace_context *parent, const struct tracestate_ot *ot,
		    struct sampling_decision *ret)
{
	*ret = (struct sampling_decision){
		.randomness =
			ot && ot->has_randomness ? ot->randomness : sampling_randomness(trace_id),
		/* Ids limpet makes are random in all their bits (base/random_id.h). */
		.has_random_flag = parent ? parent->has_random_flag : true,
	};
	if (sampler->is_parent_based && parent && parent->has_sampled) {
		follow_parent(parent, ot, ret);
		return;
	}
	if (sampler->keeps_none)
		return;
	ret->threshold = sampler->threshold;
	ret->has_threshold = true;
	ret->is_sampled = ret->randomness >= ret->threshold;
}
