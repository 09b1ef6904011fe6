/* When a watchdog is fed: half of the time that is allowed, and whom the variables mean. */
#include "service/watchdog.h"

#include "cmocka_test.h"

static uint64_t interval(const char *usec, const char *pid)
{
	struct watchdog watchdog;

	watchdog_init(&watchdog, usec, pid, 812);
	return watchdog.interval_ns;
}

static void test_variables(void **state)
{
	(void)state;
	assert_int_equal(interval("60000000", "812"), 30000000000);
	assert_int_equal(interval("60000000", NULL), 30000000000);
	assert_int_equal(interval("60000000", "813"), 0);
	assert_int_equal(interval("60000000", "x"), 0);
	assert_int_equal(interval(NULL, "812"), 0);
	assert_int_equal(interval("", "812"), 0);
	assert_int_equal(interval("0", "812"), 0);
	assert_int_equal(interval("-1", "812"), 0);
	assert_int_equal(interval("18446744073709551615", "812"), 0);
	assert_int_equal(interval("99999999999999999999", "812"), 0);
}

static void test_due(void **state)
{
	struct watchdog watchdog;

	(void)state;
	watchdog_init(&watchdog, "2000000", NULL, 1);
	assert_true(watchdog_is_due(&watchdog, 5000000000));
	assert_false(watchdog_is_due(&watchdog, 5999999999));
	assert_true(watchdog_is_due(&watchdog, 6000000000));
	assert_false(watchdog_is_due(&watchdog, 6000000001));
	watchdog_init(&watchdog, NULL, NULL, 1);
	assert_false(watchdog_is_due(&watchdog, 5000000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
