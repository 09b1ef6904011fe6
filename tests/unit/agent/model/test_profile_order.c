/* The order of samples: by thread, on before off, by time, and none is missing. */
#include "model/profile_order.h"

#include <stdlib.h>
#include "sample_profile.h"

static void test_order(void **state)
{
	struct profile *profile = sample_profile_new(NULL);
	uint32_t *order = NULL;
	struct profile_sample early;

	(void)state;
	early = profile->samples[0];
	early.unix_ns -= 5;
	early.stack = 4;
	assert_true(profile_add_sample(profile, &early));
	assert_int_equal(profile_order_new(&order, profile), 0);
	assert_int_equal(order[0], 14); /* the last to come was the first to be */
	assert_int_equal(order[1], 0);
	assert_int_equal(profile_order_run(profile, order, 0), 11);
	assert_int_equal(profile_order_run(profile, order, 11), 1);
	assert_true(profile->samples[order[11]].is_off_cpu);
	assert_int_equal(profile_order_run(profile, order, 12), 3);
	assert_int_equal(profile->samples[order[12]].thread, 1);
	free(order);
	profile_free(&profile);
}

static void test_nothing(void **state)
{
	struct profile *profile = NULL;
	uint32_t *order = NULL;

	(void)state;
	assert_int_equal(profile_new(&profile, NULL, 99), 0);
	assert_int_equal(profile_order_new(&order, profile), 0);
	free(order);
	profile_free(&profile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
