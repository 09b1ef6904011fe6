/* Backoff arithmetic: growth, jitter, the server's wish, the total bound, no overflow. */
#include "base/retry_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct retry_policy policy = {
	.first_delay_ns = 100, .max_delay_ns = 1000, .max_total_ns = 5000};

static void test_backoff_doubles_up_to_its_bound(void **state)
{
	/* The least and the most the jitter allows. */
	static const uint64_t expected[][2] = {{50, 100},  {100, 200},  {200, 400},
					       {400, 800}, {500, 1000}, {500, 1000}};

	(void)state;
	for (uint32_t i = 0; i < 6; i++) {
		uint64_t span = expected[i][1] - expected[i][0];

		assert_int_equal(retry_policy_delay(&policy, i, 0, 0), expected[i][0]);
		assert_int_equal(retry_policy_delay(&policy, i, 0, span), expected[i][1]);
		assert_int_equal(retry_policy_delay(&policy, i, 0, span + 1), expected[i][0]);
	}
	assert_int_equal(retry_policy_delay(&policy, UINT32_MAX, 0, 0), 500);
}

static void test_jitter_stays_inside(void **state)
{
	(void)state;
	for (uint64_t randomness = 0; randomness < 1000; randomness++) {
		uint64_t delay = retry_policy_delay(&policy, 2, 0, randomness * 7919);

		assert_in_range(delay, 200, 400);
	}
}

static void test_server_delay(void **state)
{
	(void)state;
	assert_int_equal(retry_policy_delay(&policy, 0, 3000, 0), 3000);
	/* Less than the backoff: the backoff counts. */
	assert_int_equal(retry_policy_delay(&policy, 3, 10, 0), 400);
	assert_int_equal(retry_policy_delay(&policy, 0, UINT64_MAX, 0), MAX_SERVER_DELAY_NS);
}

static void test_total_bound(void **state)
{
	(void)state;
	assert_true(retry_policy_allows(&policy, 1000, 1000, 5000));
	assert_false(retry_policy_allows(&policy, 1000, 1000, 5001));
	assert_true(retry_policy_allows(&policy, 1000, 5900, 100));
	assert_false(retry_policy_allows(&policy, 1000, 5900, 101));
	assert_true(retry_policy_allows(&policy, 1000, 6000, 0));
	assert_false(retry_policy_allows(&policy, 1000, 6001, 0));
	assert_false(retry_policy_allows(&policy, 0, UINT64_MAX, UINT64_MAX));
	/* A clock that went back counts as no time. */
	assert_true(retry_policy_allows(&policy, 1000, 500, 5000));
}

static void test_extreme_policies(void **state)
{
	struct retry_policy huge = {UINT64_MAX / 2 + 2, UINT64_MAX, UINT64_MAX};
	struct retry_policy none = {0};

	(void)state;
	assert_true(retry_policy_delay(&huge, 5, 0, 12345) >= UINT64_MAX / 2);
	assert_int_equal(retry_policy_delay(&none, 5, 0, 12345), 0);
	assert_true(retry_policy_allows(&none, 7, 7, 0));
	assert_false(retry_policy_allows(&none, 7, 7, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_backoff_doubles_up_to_its_bound),
		cmocka_unit_test(test_jitter_stays_inside),
		cmocka_unit_test(test_server_delay),
		cmocka_unit_test(test_total_bound),
		cmocka_unit_test(test_extreme_policies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
