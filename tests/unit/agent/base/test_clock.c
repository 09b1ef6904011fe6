/* The clocks agree with each other and with the kernel's. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <time.h>

static void test_monotonic(void **state)
{
	uint64_t last = clock_monotonic_ns();
	struct timespec now;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t next = clock_monotonic_ns();

		assert_true(next >= last);
		last = next;
	}
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	assert_true((uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec >= last);
}

/* monotonic + offset lies between two readings of the wall clock, give or take what the offset
 * itself may err. */
static void test_offset(void **state)
{
	uint64_t offset = clock_unix_offset_ns();
	uint64_t before = clock_unix_ns();
	uint64_t between = clock_monotonic_ns() + offset;
	uint64_t after = clock_unix_ns();

	(void)state;
	assert_true(between + NS_PER_S > before);
	assert_true(between < after + NS_PER_S);
	assert_true(before / NS_PER_S >= 1700000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_monotonic),
		cmocka_unit_test(test_offset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
