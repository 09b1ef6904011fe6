/* Like samples become one, with the same sums; requests keep them apart only where asked for. */
#include "model/profile_sums.h"

#include "sample_profile.h"

static void check(bool has_requests, uint32_t count)
{
	struct profile *profile = sample_profile_new(NULL);
	struct profile_sums samples;
	uint64_t on_ns = 0, off_ns = 0, on_count = 0;

	/* The first stack without its request, once. */
	sample_at(profile, 0, profile->samples[0].stack, 1, NO_PROFILE_LINK);
	assert_int_equal(profile_sums_init(&samples, profile, has_requests), 0);
	assert_int_equal(samples.count, count);
	for (uint32_t i = 0; i < samples.count; i++) {
		on_count += samples.samples[i].count;
		on_ns += samples.samples[i].on_ns;
		off_ns += samples.samples[i].off_ns;
		assert_true(has_requests || samples.samples[i].link == NO_PROFILE_LINK);
	}
	assert_int_equal(on_count, 14);
	assert_int_equal(on_ns, profile->on_cpu_ns);
	assert_int_equal(off_ns, profile->off_cpu_ns);
	profile_sums_done(&samples);
	profile_free(&profile);
}

static void test_sums(void **state)
{
	(void)state;
	check(false, 5);
	check(true, 6);
}

static void test_nothing(void **state)
{
	struct profile *profile = NULL;
	struct profile_sums samples;

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	assert_int_equal(profile_sums_init(&samples, profile, true), 0);
	assert_int_equal(samples.count, 0);
	profile_sums_done(&samples);
	profile_free(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
