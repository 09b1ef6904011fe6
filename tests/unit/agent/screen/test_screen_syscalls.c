/* The tab of syscalls, in both of its orders, and when there is nothing in it. */
#include "screen_golden.h"

static int begin(void **state)
{
	(void)state;
	sample_screen_begin();
	return 0;
}

static int end(void **state)
{
	(void)state;
	sample_screen_end();
	return 0;
}

static void screens(void **state)
{
	(void)state;
	sample_screen_keys("5");
	assert_screens("syscalls");
	sample_screen_keys("s");
	assert_screens("syscalls-other-order");
}

static void nothing(void **state)
{
	(void)state;
	sample_screen_keys("5");
	sample_snapshot.facts.functions_count = sample_snapshot.facts.syscalls_count = 0;
	sample_snapshot.drops = (struct drops){0};
	sample_snapshot.facts.has_profile = sample_snapshot.facts.has_syscalls = false;
	assert_screens("syscalls-empty");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(screens, begin, end),
		cmocka_unit_test_setup_teardown(nothing, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
