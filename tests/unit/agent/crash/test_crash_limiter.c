/* Crash loops: a burst, then one per interval, with those left out counted; places are apart, and
 * their number is bounded. Time is what the test says it is. */
#include "crash/crash_limiter.h"

#include "cmocka_test.h"

#define MINUTE 60000000000ull

static struct crash_limiter *new_limiter(uint64_t burst)
{
	struct crash_limiter *limiter;

	assert_int_equal(crash_limiter_new(&limiter, burst, MINUTE), 0);
	return limiter;
}

static struct crash_limiter_key place(uint64_t offset)
{
	return (struct crash_limiter_key){
		.executable = 1, .image = 2, .offset = offset, .signal = 11};
}

static void expect_admitted(struct crash_limiter *limiter, uint64_t offset, uint64_t now_ns,
			    uint64_t wanted_suppressed)
{
	struct crash_limiter_key key = place(offset);
	uint64_t suppressed = 12345;

	assert_true(crash_limiter_admit(limiter, &key, now_ns, &suppressed));
	assert_int_equal(suppressed, wanted_suppressed);
}

static void expect_refused(struct crash_limiter *limiter, uint64_t offset, uint64_t now_ns)
{
	struct crash_limiter_key key = place(offset);
	uint64_t suppressed = 12345;

	assert_false(crash_limiter_admit(limiter, &key, now_ns, &suppressed));
	assert_int_equal(suppressed, 12345);
}

static void test_burst_then_one_per_interval(void **state)
{
	struct crash_limiter *limiter = new_limiter(3);

	(void)state;
	for (uint64_t i = 0; i < 3; i++)
		expect_admitted(limiter, 7, 100 + i, 0);
	for (uint64_t i = 0; i < 995; i++)
		expect_refused(limiter, 7, 200 + i);
	expect_refused(limiter, 7, 100 + MINUTE - 1);
	expect_admitted(limiter, 7, 100 + MINUTE, 996);
	expect_refused(limiter, 7, 101 + MINUTE);
	expect_admitted(limiter, 7, 100 + 2 * MINUTE, 1);
	/* Quiet for long, the burst is there again, and no more than that. */
	for (uint64_t i = 0; i < 3; i++)
		expect_admitted(limiter, 7, 100 * MINUTE, 0);
	expect_refused(limiter, 7, 100 * MINUTE);
	crash_limiter_free(&limiter);
	assert_null(limiter);
	crash_limiter_free(&limiter);
}

static void test_places_are_apart(void **state)
{
	struct crash_limiter *limiter = new_limiter(1);
	struct crash_limiter_key key = place(7);
	uint64_t suppressed;

	(void)state;
	expect_admitted(limiter, 7, 100, 0);
	expect_refused(limiter, 7, 100);
	expect_admitted(limiter, 8, 100, 0);
	key.signal = 6;
	assert_true(crash_limiter_admit(limiter, &key, 100, &suppressed));
	key = place(7);
	key.executable = 9;
	assert_true(crash_limiter_admit(limiter, &key, 100, &suppressed));
	key = place(7);
	key.kind = 3;
	assert_true(crash_limiter_admit(limiter, &key, 100, &suppressed));
	crash_limiter_free(&limiter);
}

static void test_the_quietest_is_forgotten(void **state)
{
	struct crash_limiter *limiter = new_limiter(1);

	(void)state;
	for (uint64_t i = 0; i < MAX_LIMITED_PLACES; i++)
		expect_admitted(limiter, i, 100, 0);
	expect_refused(limiter, 0, 100); /* heard of again: 1 is the quietest now */
	expect_admitted(limiter, MAX_LIMITED_PLACES, 100, 0);
	expect_refused(limiter, 0, 100);
	expect_admitted(limiter, 1, 100, 0);
	crash_limiter_free(&limiter);
}

static void test_a_clock_that_goes_back(void **state)
{
	struct crash_limiter *limiter = new_limiter(1);

	(void)state;
	expect_admitted(limiter, 7, 10 * MINUTE, 0);
	expect_refused(limiter, 7, 0);
	expect_refused(limiter, 7, 10 * MINUTE);
	expect_admitted(limiter, 7, 11 * MINUTE, 2);
	crash_limiter_free(&limiter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_then_one_per_interval),
		cmocka_unit_test(test_places_are_apart),
		cmocka_unit_test(test_the_quietest_is_forgotten),
		cmocka_unit_test(test_a_clock_that_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
