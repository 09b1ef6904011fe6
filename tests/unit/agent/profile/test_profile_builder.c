/* Points, their stacks and requests in whatever order they come. */
#include "profile/profile_builder.h"

#include "cmocka_test.h"
#include "base/cleanup.h"
#include "sample_segment.h"

static struct profile *dictionary, *profile;
static struct profile_builder *builder;
static struct resource *resource;
static struct drops drops;
static uint32_t stack;

static struct resource *resource_of(void *self, uint32_t tgid)
{
	(void)self;
	(void)tgid;
	return resource;
}

static void on_profile(void *self, struct profile **taken)
{
	(void)self;
	assert_null(profile);
	profile = TAKE_PTR(*taken);
}

static int begin(void **state)
{
	struct process_profiles_sink sink = {NULL, resource_of, on_profile};
	uint32_t frame;

	(void)state;
	resource = sample_resource();
	memset(&drops, 0, sizeof(drops));
	assert_int_equal(profile_new(&dictionary, NULL, 0), 0);
	frame = profile_add_synthetic_frame(dictionary, "main");
	stack = profile_add_stack(dictionary, &frame, 1);
	assert_int_equal(profile_builder_new(&builder, dictionary, &sink, &drops), 0);
	profile_builder_set_unix_offset(builder, 1000);
	return 0;
}

static int end(void **state)
{
	(void)state;
	profile_builder_free(&builder);
	profile_free(&profile);
	profile_free(&dictionary);
	resource_release(&resource);
	return 0;
}

static void take_point(uint32_t number, uint64_t time_ns, uint64_t waited_ns)
{
	struct profile_point_record point = {
		.header.time_ns = time_ns,
		.weight_ns = waited_ns ? waited_ns : 10,
		.context = 5,
		.point = number,
		.tgid = 7,
		.tid = 8,
		.frequency_hz = 99,
		.flags = waited_ns ? POINT_IS_OFF_CPU : 0,
		.name = "0123456789abcdef", /* as long as the kernel's, without an end */
	};

	profile_builder_take_point(builder, &point);
}

static void take_stack(uint32_t number, uint32_t which, uint32_t cut)
{
	struct profile_unwound_record record = {.point = number, .stack = which, .is_cut = cut};

	profile_builder_take_stack(builder, &record);
}

static void serve(uint64_t start_ns, uint64_t end_ns, uint8_t id)
{
	struct served_request request = {.trace_id = {id},
					 .span_id = {id},
					 .context = 5,
					 .tgid = 7,
					 .start_ns = start_ns,
					 .end_ns = end_ns};

	profile_builder_take_request(builder, &request);
}

static uint8_t link_of(uint32_t sample)
{
	return profile->links[profile->samples[sample].link].span_id[0];
}

static void in_any_order(void **state)
{
	struct profile_builder_counts counts;

	(void)state;
	take_point(0, 100, 0);
	take_point(1, 300, 150); /* from 150 on */
	take_point(2, 400, 0);
	take_stack(1, stack, 0);
	serve(100, 350, 1);
	take_stack(0, stack, PROFILE_CUT_UNWIND);
	take_stack(2, stack, 0);
	serve(390, 410, 2);
	profile_builder_finish(builder);
	assert_int_equal(profile->samples_count, 3);
	assert_true(profile->samples[0].is_off_cpu);
	assert_int_equal(profile->samples[0].unix_ns, 1150);
	assert_int_equal(profile->samples[0].weight_ns, 150);
	assert_int_equal(link_of(0), 1);
	assert_int_equal(profile->samples[1].unix_ns, 1100);
	assert_int_equal(link_of(1), 1);
	assert_int_equal(link_of(2), 2);
	assert_view(profile->threads[0].name, "0123456789abcdef");
	assert_int_equal(profile->losses[PROFILE_CUT_UNWIND], 1);
	counts = profile_builder_counts(builder);
	assert_int_equal(counts.samples, 3);
	assert_int_equal(counts.off_cpu, 1);
	assert_int_equal(counts.unwound, 3);
	assert_int_equal(counts.whole, 2);
	assert_int_equal(counts.linked, 3);
}

static void a_guess_stays_one(void **state)
{
	(void)state;
	take_point(0, 100, 0);
	take_point(1, 101, 0);
	serve(90, 200, 1);
	serve(95, 200, 2);
	take_stack(0, stack, 0);
	take_stack(1, stack, 0);
	profile_builder_finish(builder);
	assert_int_equal(link_of(0), 2);
	assert_true(profile->samples[0].is_link_guess);
	assert_int_equal(profile_builder_counts(builder).linked, 2);
}

static void what_nobody_unwound(void **state)
{
	(void)state;
	take_point(0, 100, 0);
	take_point(1, 101, 0);
	take_stack(0, NO_STACK, 0);
	take_stack(1, stack, 0);
	/* Whose number comes again before its stack. */
	take_point(2, 102, 0);
	take_point(2 + 65536, 103, 0);
	take_stack(2, stack, 0);
	profile_builder_finish(builder);
	assert_int_equal(profile->samples_count, 1);
	assert_int_equal(profile->losses[PROFILE_LOST_UNWIND], 2);
	assert_int_equal(drops_get(&drops, DROP_RECORD_MALFORMED), 1);
}

static void what_a_recording_may_say(void **state)
{
	struct profile_loss_record loss = {.tgid = 7, .loss = PROFILE_LOSSES_COUNT, .count = 3};

	(void)state;
	take_stack(0, stack, 0); /* no such point */
	take_point(0, 100, 0);
	take_stack(0, stack, PROFILE_LOSSES_COUNT);
	take_stack(0, stack, 0);
	take_stack(0, stack, 0); /* twice */
	take_point(1, 10, 500);  /* a wait from before the beginning of time */
	take_stack(1, 4711, 0);  /* no such stack */
	profile_builder_take_loss(builder, &loss);
	loss.loss = PROFILE_LOST_RING;
	profile_builder_take_loss(builder, &loss);
	profile_builder_finish(builder);
	assert_int_equal(drops_get(&drops, DROP_RECORD_MALFORMED), 3);
	assert_int_equal(profile->samples_count, 2);
	assert_int_equal(profile->samples[1].unix_ns, 1010);
	assert_int_equal(profile->samples[1].stack, PROFILE_OVERFLOW_STACK);
	assert_int_equal(profile->losses[PROFILE_LOST_RING], 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(in_any_order, begin, end),
		cmocka_unit_test_setup_teardown(a_guess_stays_one, begin, end),
		cmocka_unit_test_setup_teardown(what_nobody_unwound, begin, end),
		cmocka_unit_test_setup_teardown(what_a_recording_may_say, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
