/* Decisions: by ratio, by parent, and in agreement with thresholds that came along. */
#include "cmocka_test.h"

#include "tracing/sampler.h"
#include "tracing/trace_context.h"
#include "tracing/tracestate.h"

static const uint8_t trace_id[16] = {0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6,
				     0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36};

static struct sampling_decision decide(double ratio, bool is_parent_based,
				       const struct trace_context *parent,
				       const struct tracestate_ot *ot)
{
	struct sampling_decision decision;
	struct sampler sampler;

	sampler_init(&sampler, ratio, is_parent_based);
	sampler_decide(&sampler, trace_id, parent, ot, &decision);
	return decision;
}

static void decides_by_ratio(void **state)
{
	struct sampling_decision d = decide(1, true, NULL, NULL);

	(void)state;
	assert_true(d.is_sampled);
	assert_true(d.has_threshold);
	assert_true(d.threshold == 0);
	assert_true(d.randomness == 0xce929d0e0e4736);
	assert_true(d.has_random_flag);
	d = decide(0, true, NULL, NULL);
	assert_false(d.is_sampled);
	assert_false(d.has_threshold);
	d = decide(0.0 / 0.0, true, NULL, NULL);
	assert_false(d.is_sampled);
	d = decide(-1, true, NULL, NULL);
	assert_false(d.is_sampled);
	d = decide(2, true, NULL, NULL);
	assert_true(d.is_sampled);
	/* R / 2^56 is 0.80692…: kept from a ratio of 0.19308 on. */
	d = decide(0.2, true, NULL, NULL);
	assert_true(d.is_sampled);
	assert_true(d.threshold == 0xcccd0000000000);
	d = decide(0.19, true, NULL, NULL);
	assert_false(d.is_sampled);
	assert_true(d.has_threshold);
}

static void follows_the_parent(void **state)
{
	struct trace_context parent = {.has_sampled = true, .is_sampled = true};
	struct sampling_decision d = decide(0, true, &parent, NULL);

	(void)state;
	assert_true(d.is_sampled);
	assert_false(d.has_threshold);
	assert_false(d.has_random_flag);
	parent.has_random_flag = true;
	parent.is_sampled = false;
	d = decide(1, true, &parent, NULL);
	assert_false(d.is_sampled);
	assert_false(d.has_threshold);
	assert_true(d.has_random_flag);
	d = decide(1, false, &parent, NULL);
	assert_true(d.is_sampled);
	assert_true(d.has_threshold);
	parent.has_sampled = false;
	d = decide(1, true, &parent, NULL);
	assert_true(d.is_sampled);
}

static void keeps_a_consistent_threshold(void **state)
{
	struct trace_context parent = {.has_sampled = true, .is_sampled = true};
	struct tracestate_ot ot = {.has_threshold = true, .threshold = 0x80000000000000};
	struct sampling_decision d = decide(0.5, true, &parent, &ot);

	(void)state;
	assert_true(d.is_sampled);
	assert_true(d.has_threshold);
	assert_true(d.threshold == 0x80000000000000);
	/* The flag says sampled, the threshold says dropped: the probability is unknown. */
	ot.threshold = 0xf0000000000000;
	d = decide(0.5, true, &parent, &ot);
	assert_true(d.is_sampled);
	assert_false(d.has_threshold);
	parent.is_sampled = false;
	d = decide(0.5, true, &parent, &ot);
	assert_false(d.is_sampled);
	assert_true(d.has_threshold);
	/* rv takes the place of the trace id. */
	ot.has_randomness = true;
	ot.randomness = 0xff000000000000;
	parent.is_sampled = true;
	d = decide(0.5, true, &parent, &ot);
	assert_true(d.is_sampled);
	assert_true(d.has_threshold);
	assert_true(d.randomness == 0xff000000000000);
	ot.randomness = 1;
	d = decide(0.5, false, &parent, &ot);
	assert_false(d.is_sampled);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_by_ratio),
		cmocka_unit_test(follows_the_parent),
		cmocka_unit_test(keeps_a_consistent_threshold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
