/* The limit of this process, raised twice and put back. */
#include "cmocka_test.h"
#include <sys/resource.h>
#include "base/file_limit.h"

static void test_raised_and_restored(void **state)
{
	struct rlimit before, now;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	before.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	file_limit_restore(); /* nothing was raised: nothing changes */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
	assert_int_equal(now.rlim_cur, 64);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(file_limit_raise(), before.rlim_max);
		assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
		assert_int_equal(now.rlim_cur, before.rlim_max);
		assert_int_equal(now.rlim_max, before.rlim_max);
	}
	file_limit_restore();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
	assert_int_equal(now.rlim_cur, 64);
	assert_int_equal(now.rlim_max, before.rlim_max);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_raised_and_restored)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
