/* The samples of a chunk: rests where the thread rested, an end for each thread, in order of time.
 */
#include "exporters/sentry/chunk_samples.h"

#include <stdlib.h>
#include "sample_profile.h"

#define SECOND 1000000000ull

static struct profile *profile;
static uint32_t stack, first, second;

static int begin(void **state)
{
	uint32_t frame;

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 100), 0);
	frame = sampled_frame(profile, "f", PROFILE_FRAME_NATIVE, NO_IMAGE, 0);
	stack = profile_add_stack(profile, &frame, 1);
	first = profile_add_thread(profile, 1, 1, view_of_text("a"));
	second = profile_add_thread(profile, 1, 2, view_of_text("b"));
	return 0;
}

static int end(void **state)
{
	(void)state;
	profile_free(&profile);
	return 0;
}

static void add(uint32_t thread, uint64_t ms, uint64_t wait_ms)
{
	struct profile_sample sample = {
		.unix_ns = SECOND + ms * 1000000,
		.weight_ns = wait_ms ? wait_ms * 1000000 : 10000000,
		.thread = thread,
		.stack = stack,
		.is_off_cpu = wait_ms > 0,
	};

	assert_true(profile_add_sample(profile, &sample));
}

struct wanted {
	uint64_t ms;
	uint32_t thread;
	bool is_idle;
};

static void check(const struct wanted *wanted, uint32_t wanted_count)
{
	uint32_t order[16], count = 0;
	struct chunk_part part = {
		.profile = profile, .samples = order, .count = profile->samples_count};
	struct chunk_sample *samples = NULL;

	for (uint32_t i = 0; i < part.count; i++)
		order[i] = i;
	assert_int_equal(chunk_samples_new(&samples, &count, &part), 0);
	assert_int_equal(count, wanted_count);
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal((samples[i].unix_ns - SECOND) / 1000000, wanted[i].ms);
		assert_int_equal(samples[i].thread, wanted[i].thread);
		assert_int_equal(samples[i].stack == STACK_IDLE, wanted[i].is_idle);
	}
	free(samples);
}

/* A rest of more than two periods; both threads end. */
static void test_rests(void **state)
{
	static const struct wanted wanted[] = {
		{0, 0, false}, {5, 1, false},  {10, 0, false}, {15, 1, true},
		{20, 0, true}, {40, 0, false}, {50, 0, true},
	};

	(void)state;
	add(first, 0, 0);
	add(second, 5, 0);
	add(first, 10, 0);
	add(first, 40, 0);
	check(wanted, 7);
}

/* Late by less than a period: it was busy all the time. */
static void test_no_rest(void **state)
{
	static const struct wanted wanted[] = {{0, 0, false}, {20, 0, false}, {30, 0, true}};

	(void)state;
	add(first, 0, 0);
	add(first, 20, 0);
	check(wanted, 3);
}

static void test_waits_last_as_long_as_they_do(void **state)
{
	static const struct wanted wanted[] = {
		{0, 0, false}, {10, 0, false}, {510, 0, false}, {520, 0, true}};

	(void)state;
	add(first, 0, 0);
	add(first, 10, 500);
	add(first, 510, 0);
	check(wanted, 4);
}

/* A wait that began in this minute and ends in another. */
static void test_nothing_after_the_minute(void **state)
{
	static const struct wanted wanted[] = {{0, 0, false}, {59000, 0, false}, {60000, 0, true}};

	(void)state;
	add(first, 0, 59000);
	add(first, 59000, 3600000);
	check(wanted, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rests, begin, end),
		cmocka_unit_test_setup_teardown(test_no_rest, begin, end),
		cmocka_unit_test_setup_teardown(test_waits_last_as_long_as_they_do, begin, end),
		cmocka_unit_test_setup_teardown(test_nothing_after_the_minute, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
