/*
 * Propagation fields from hostile bytes. The input is cut at NULs into the fields. What comes out
 * is checked against what the specifications promise: valid ids, a valid tracestate within its
 * limits, reading back what was written, routes that fit.
 */
// fuzz-sources: agent/tracing/trace_context.c agent/tracing/tracestate.c
// fuzz-sources: agent/tracing/sampler.c agent/tracing/route_guesser.c
// fuzz-sources: agent/tracing/route_segment.c agent/model/sampling.c agent/model/baggage.c
// fuzz-sources: agent/base/view.c agent/base/utf8.c agent/base/hash_map.c agent/base/random_id.c
#include <assert.h>
#include <stdlib.h>
#include "model/baggage.h"
#include "model/sampling.h"
#include "tracing/route_guesser.h"
#include "tracing/sampler.h"
#include "tracing/trace_context.h"
#include "tracing/tracestate.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

static void check_tracestate(struct view tracestate, const struct sampling_decision *decision)
{
	char first_buffer[MAX_TRACESTATE_BYTES], second_buffer[MAX_TRACESTATE_BYTES];
	struct view first = tracestate_write(tracestate, decision, first_buffer), second;
	struct tracestate_ot ot;

	assert(first.size <= MAX_TRACESTATE_BYTES);
	assert(tracestate_is_valid(first));
	tracestate_read_ot(first, &ot);
	/* Only an entry too large to change may keep what it had. */
	if (!(ot.has_threshold == decision->has_threshold &&
	      (!ot.has_threshold || ot.threshold == decision->threshold)))
		assert(tracestate.size > MAX_TRACESTATE_OT_BYTES - 24);
	second = tracestate_write(first, decision, second_buffer);
	assert(view_equals(first, second));
}

static void check_decisions(const struct trace_context *context, const struct tracestate_ot *ot)
{
	static const double ratios[] = {0, 0.1, 0.5, 1};

	for (int i = 0; i < 8; i++) {
		struct sampling_decision decision;
		struct sampler sampler;
		uint32_t sample_rand;

		sampler_init(&sampler, ratios[i / 2], i & 1);
		sampler_decide(&sampler, context->trace_id, context, ot, &decision);
		if (decision.has_threshold)
			assert(decision.is_sampled == (decision.randomness >= decision.threshold));
		sample_rand = sampling_sample_rand(&decision, 0.5);
		assert(sample_rand < 1000000);
		assert((sample_rand < 500000) == decision.is_sampled);
	}
}

static void check_baggage(struct view baggage)
{
	struct view rest = baggage, key, value, decoded;
	char buffer[256];

	(void)baggage_has_sentry(baggage);
	while (baggage_next(&rest, &key, &value)) {
		int err = baggage_get(baggage, key, buffer, sizeof(buffer), &decoded);

		assert(err <= 0);
		if (err == 0)
			assert(decoded.size <= sizeof(buffer));
	}
}

static void check_route(struct view path)
{
	static struct route_guesser *guesser;
	char buffer[200];
	struct view route;

	if (!guesser && route_guesser_new(&guesser, 4, 20) < 0)
		abort();
	route = route_guesser_guess(guesser, VIEW_LITERAL("fuzz"), path, buffer, sizeof(buffer));
	assert(route.size <= sizeof(buffer));
	assert(route.size == 0 || route.bytes[0] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct propagation propagation = {0};
	struct view *fields[] = {
		&propagation.traceparent, &propagation.tracestate, &propagation.sentry_trace,
		&propagation.baggage,     &propagation.b3,         &propagation.b3_trace_id,
		&propagation.b3_span_id,  &propagation.b3_sampled,
	};
	struct view rest = view_of(bytes, size);
	struct sampling_decision decision = {.has_threshold = size & 1, .threshold = 1ull << 55};
	struct trace_context context;
	struct tracestate_ot ot;
	char joined[300];

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!view_next_token(&rest, '\0', fields[i]))
			break;
	tracestate_read_ot(propagation.tracestate, &ot);
	check_tracestate(propagation.tracestate, &decision);
	if (trace_context_extract(&propagation, &context)) {
		assert(!is_zero(context.trace_id, sizeof(context.trace_id)));
		assert(!is_zero(context.parent_span_id, sizeof(context.parent_span_id)));
		assert(context.has_sampled || !context.is_sampled);
		check_decisions(&context, &ot);
	}
	check_baggage(trace_context_join_lines(propagation.baggage, joined, sizeof(joined)));
	check_route(propagation.baggage);
	return 0;
}
