/* What comes together, and that a snapshot stays what it is while more comes. */
#include "sample_profile.h"
#include "screen_golden.h"

static struct screen_store *store;
static struct screen_snapshot *snapshot;

static int begin(void **state)
{
	(void)state;
	snapshot = calloc(1, sizeof(*snapshot));
	sample_drops = (struct drops){0};
	return screen_store_new(&store, &sample_drops);
}

static int end(void **state)
{
	(void)state;
	screen_snapshot_done(snapshot);
	free(snapshot);
	screen_store_free(&store);
	return 0;
}

static void look(void)
{
	screen_store_read(store, clock_monotonic_ns(), snapshot);
}

static void nothing(void **state)
{
	(void)state;
	look();
	assert_int_equal(snapshot->operations_count, 0);
	assert_int_equal(snapshot->traces_counts[LIVE_LATEST], 0);
	assert_int_equal(snapshot->crashes_count, 0);
	assert_false(snapshot->facts.has_profile);
	assert_true(snapshot->facts.cost_percent < 0);
}

static void items(void **state)
{
	struct screen_facts facts = {.whom = "PID 1", .syscalls_count = 1};
	const struct live_trace *first;

	(void)state;
	sample_screen_traces(store);
	look();
	assert_int_equal(snapshot->operations_count, 3);
	assert_int_equal(snapshot->operations[0].count, SAMPLE_TRACES);
	assert_int_equal(snapshot->operations[2].errors, 8);
	assert_int_equal(snapshot->spans_count, 3 * SAMPLE_TRACES);
	assert_int_equal(snapshot->errors_count, 8);
	assert_int_equal(snapshot->traces_counts[LIVE_LATEST], SAMPLE_TRACES);
	assert_int_equal(snapshot->traces_counts[LIVE_FAILED], 8);
	assert_int_equal(screen_store_traces_count(store), SAMPLE_TRACES);
	assert_int_equal(screen_store_operations(store)->spans, 3 * SAMPLE_TRACES);
	first = snapshot->traces[LIVE_LATEST][0];
	sample_screen_hostile(store);
	assert_ptr_equal(snapshot->traces[LIVE_LATEST][0], first);
	assert_int_equal(first->spans_count, 3);
	sample_screen_crashes(store);
	screen_store_set_facts(store, &facts);
	drops_count(&sample_drops, DROP_STREAM_GAP);
	look();
	assert_int_equal(snapshot->crashes_count, 2);
	assert_int_equal(snapshot->crashes[0]->crash->kind, CRASH_EXCEPTION);
	assert_string_equal(snapshot->facts.whom, "PID 1");
	assert_int_equal(snapshot->drops.counts[DROP_STREAM_GAP], 1);
	assert_ptr_not_equal(snapshot->traces[LIVE_LATEST][0], first);
}

static void many(void **state)
{
	(void)state;
	for (int i = 0; i < 120; i++)
		sample_screen_crashes(store);
	for (int i = 0; i < MAX_PENDING_TRACES + 10; i++) {
		struct segment *segment = known_segment();

		memcpy(segment->trace_id, &i, sizeof(i));
		sample_screen_add(store, segment);
	}
	look();
	assert_int_equal(snapshot->crashes_count, MAX_SCREEN_CRASHES);
	assert_int_equal(snapshot->crashes_seen_count, 240);
	/* The oldest settled for want of room. */
	assert_true(snapshot->traces_seen_count >= 10);
	assert_int_equal(snapshot->spans_count, 3 * (MAX_PENDING_TRACES + 10));
}

/* Of a profile that runs, who knows tells; of one that is over, all that was given away counts. */
static void profiles(void **state)
{
	struct screen_facts facts = {.functions_count = 1, .samples_count = 5, .has_profile = true};
	struct resource *resource = sample_resource();
	struct profile *profile = sample_profile_new(resource);
	struct item *item;

	(void)state;
	assert_int_equal(item_new_profile(&item, &profile), 0);
	assert_int_equal(screen_store_add(store, item, NS_PER_S), 0);
	assert_int_equal(screen_store_add(store, item, NS_PER_S), 0);
	screen_store_set_facts(store, &facts);
	look();
	assert_int_equal(snapshot->facts.samples_count, 5);
	facts.is_over = true;
	screen_store_set_facts(store, &facts);
	look();
	assert_int_equal(snapshot->facts.samples_count, 2 * 13);
	assert_string_equal(snapshot->facts.functions[0].name, "parse");
	assert_int_equal(snapshot->facts.functions[0].self_count, 2 * 7);
	assert_int_equal(snapshot->facts.functions[0].total_count, 2 * 9);
	item_release(&item);
	resource_release(&resource);
}

/* Calls per second of the last seconds; of fewer while there were not so many. */
static void rates(void **state)
{
	uint64_t now_ns = clock_monotonic_ns();
	struct item *item = sample_item(KNOWN_START_NS);

	(void)state;
	for (int second = 1; second <= 15; second++)
		for (int i = 0; i < second; i++)
			assert_int_equal(
				screen_store_add(store, item, now_ns + (uint64_t)second * NS_PER_S),
				0);
	item_release(&item);
	screen_store_read(store, now_ns + 3 * NS_PER_S, snapshot);
	assert_true(snapshot->operations[0].rate >= 1 && snapshot->operations[0].rate <= 1.5);
	screen_store_read(store, now_ns + 16 * NS_PER_S, snapshot);
	assert_true(snapshot->operations[0].rate == 10.5); /* 6 to 15 */
	assert_int_equal(snapshot->operations[0].seconds[HISTORY_SECONDS - 1], 15);
	assert_int_equal(snapshot->operations[0].seconds[HISTORY_SECONDS - 15], 1);
	assert_int_equal(snapshot->operations[0].seconds[HISTORY_SECONDS - 16], 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing, begin, end),
		cmocka_unit_test_setup_teardown(items, begin, end),
		cmocka_unit_test_setup_teardown(many, begin, end),
		cmocka_unit_test_setup_teardown(profiles, begin, end),
		cmocka_unit_test_setup_teardown(rates, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
