/* A trace that was begun before its pod was known is thinned by the same randomness. */
#include "cmocka_test.h"

#include "model/sampling.h"
#include "pod_policy.h"

static struct item *new_item(uint64_t randomness)
{
	struct resource *resource;
	struct segment *segment;
	struct item *item;

	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(segment_new(&segment, resource), 0);
	resource_release(&resource);
	assert_non_null(segment_add_span(segment));
	segment->sampling = (struct sampling_decision){
		.randomness = randomness, .has_threshold = true, .is_sampled = true};
	segment->trace_state = VIEW_LITERAL("ot=th:0");
	assert_int_equal(item_new_segment(&item, &segment), 0);
	return item;
}

static void no_cluster(void **state)
{
	struct item *item = new_item(0);
	enum drop_reason reason;
	const char *dsn = "before";

	(void)state;
	assert_true(pod_policy_admits(NULL, item, &reason, &dsn));
	assert_null(dsn);
	item_release(&item);
}

static void thinned(void **state)
{
	struct item *item = new_item(SAMPLING_RANGE / 2);

	(void)state;
	assert_true(pod_policy_keeps(item->segment, 0.5));
	assert_int_equal(item->segment->sampling.threshold, SAMPLING_RANGE / 2);
	assert_view(item->segment->trace_state, "ot=th:8");
	/* Decided at that rate, or a rarer one. */
	assert_true(pod_policy_keeps(item->segment, 0.5));
	assert_true(pod_policy_keeps(item->segment, 0.75));
	assert_view(item->segment->trace_state, "ot=th:8");
	assert_false(pod_policy_keeps(item->segment, 0.25));
	assert_false(pod_policy_keeps(item->segment, 0));
	item_release(&item);
	item = new_item(SAMPLING_RANGE / 2 - 1);
	assert_false(pod_policy_keeps(item->segment, 0.5));
	/* One that began elsewhere is not ours to thin; nor one of unknown probability. */
	segment_root(item->segment)->parent_source = PARENT_HEADER;
	assert_true(pod_policy_keeps(item->segment, 0.5));
	segment_root(item->segment)->parent_source = PARENT_NONE;
	item->segment->sampling.has_threshold = false;
	assert_true(pod_policy_keeps(item->segment, 0.5));
	item_release(&item);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_cluster),
		cmocka_unit_test(thinned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
