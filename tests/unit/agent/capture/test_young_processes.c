/* Who is young, until when, and in which order they come of age. */
#include "cmocka_test.h"

#include "base/clock.h"
#include "capture/young_processes.h"
#include "fake_proc.h"

#define AGE_NS (2 * NS_PER_S)

static struct fake_proc fake;
static struct young_processes *young;

/* Began so many hundredths of a second after boot. */
static void make_process(pid_t pid, unsigned ticks)
{
	fake_proc_add_stat(&fake, pid, "it", ticks);
}

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	return young_processes_new(&young, AGE_NS, fake.proc);
}

static int end(void **state)
{
	(void)state;
	young_processes_free(&young);
	assert_null(young);
	fake_proc_end(&fake);
	return 0;
}

static void comes_of_age(void **state)
{
	(void)state;
	make_process(10, 1000); /* at 10 s */
	make_process(11, 1100);
	assert_true(young_processes_has(young, 10, 11 * NS_PER_S));
	assert_true(young_processes_has(young, 11, 11 * NS_PER_S));
	assert_int_equal(young_processes_take(young, 12 * NS_PER_S - 1), 0);
	assert_int_equal(young_processes_take(young, 12 * NS_PER_S), 10);
	assert_int_equal(young_processes_take(young, 12 * NS_PER_S), 0);
	assert_false(young_processes_has(young, 10, 12 * NS_PER_S));
	assert_int_equal(young_processes_take(young, 13 * NS_PER_S), 11);
}

static void old_and_gone(void **state)
{
	(void)state;
	make_process(10, 1000);
	assert_false(young_processes_has(young, 10, 12 * NS_PER_S));
	assert_false(young_processes_has(young, 99, 12 * NS_PER_S));
	assert_true(young_processes_add(young, 20, 5 * NS_PER_S));
	assert_true(young_processes_has(young, 20, 6 * NS_PER_S));
	young_processes_remove(young, 20);
	assert_int_equal(young_processes_take(young, 100 * NS_PER_S), 0);
}

static void no_delay(void **state)
{
	struct young_processes *all;

	(void)state;
	make_process(10, 1000);
	assert_int_equal(young_processes_new(&all, 0, fake.proc), 0);
	assert_false(young_processes_has(all, 10, 10 * NS_PER_S));
	assert_false(young_processes_add(all, 10, 10 * NS_PER_S));
	assert_int_equal(young_processes_take(all, 100 * NS_PER_S), 0);
	young_processes_free(&all);
}

/* More than have room are left alone. */
static void full(void **state)
{
	pid_t pid = 1;

	(void)state;
	while (pid < 10000)
		(void)young_processes_add(young, pid++, NS_PER_S);
	for (pid = 1; young_processes_take(young, 100 * NS_PER_S) == pid; pid++)
		;
	assert_int_equal(pid, 4097);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(comes_of_age, begin, end),
		cmocka_unit_test_setup_teardown(old_and_gone, begin, end),
		cmocka_unit_test_setup_teardown(no_delay, begin, end),
		cmocka_unit_test_setup_teardown(full, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
