/* Who is traced: the buckets keep step with the table, whatever comes twice or too much. */
#include "host_programs.h"

static int begin(void **state)
{
	(void)state;
	host_begin();
	return 0;
}

static void one_by_one(void **state)
{
	(void)state;
	assert_false(process_is_traced(100));
	process_add(100, PROCESS_IS_GO);
	process_add(100, 0); /* a fork seen twice */
	assert_true(process_is_traced(100));
	assert_int_equal(process_flags(100), PROCESS_IS_GO);
	assert_int_equal(filter_buckets[100], 1);
	/* The same bucket is not the same process. */
	assert_false(process_is_traced(100 + FILTER_BUCKETS));
	process_add(100 + FILTER_BUCKETS, 0);
	assert_int_equal(filter_buckets[100], 2);
	process_remove(100);
	process_remove(100);
	assert_int_equal(filter_buckets[100], 1);
	assert_false(process_is_traced(100));
	assert_true(process_is_traced(100 + FILTER_BUCKETS));
	assert_int_equal(process_flags(100), 0);
}

static void the_table_is_full(void **state)
{
	(void)state;
	for (__u32 tgid = 1; tgid <= 6; tgid++)
		process_add(tgid, 0);
	assert_int_equal(host_drops(DROP_PROCESSES_FULL), 2);
	assert_true(process_is_traced(4));
	assert_false(process_is_traced(5));
	assert_int_equal(filter_buckets[5], 0);
}

static void the_whole_host(void **state)
{
	(void)state;
	host_settings.trace_all = 1;
	host_settings.agent_tgid = 7;
	assert_true(process_is_traced(1234));
	assert_false(process_is_traced(7));
	flags_in_use = PROCESS_IS_PHP;
	process_add(50, PROCESS_IS_PHP); /* flags alone: the buckets are of those who are ignored */
	assert_int_equal(filter_buckets[50], 0);
	assert_int_equal(process_flags(50), PROCESS_IS_PHP);
	process_remove(50);
	assert_int_equal(filter_buckets[50], 0);
	assert_int_equal(process_flags(50), 0);
}

static void some_of_the_host_is_ignored(void **state)
{
	(void)state;
	host_settings.trace_all = 1;
	host_settings.agent_tgid = 7;
	process_ignore(100, IGNORED_BY_RULE);
	process_ignore(100, IGNORED_BY_RULE);
	assert_int_equal(filter_buckets[100], 1);
	assert_false(process_is_traced(100));
	assert_true(process_is_traced(100 + FILTER_BUCKETS));
	assert_int_equal(process_ignored_for(100), IGNORED_BY_RULE);
	assert_int_equal(process_ignored_for(7), IGNORED_AS_OURS);
	assert_int_equal(process_ignored_for(8), 0);
	process_heed(100);
	process_heed(100);
	assert_int_equal(filter_buckets[100], 0);
	assert_true(process_is_traced(100));
	for (__u32 tgid = 1; tgid <= 5; tgid++)
		process_ignore(tgid, IGNORED_BY_RULE);
	assert_int_equal(host_drops(DROP_PROCESSES_FULL), 1);
	assert_false(process_is_traced(4));
	assert_true(process_is_traced(5));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_by_one, begin),
		cmocka_unit_test_setup(the_table_is_full, begin),
		cmocka_unit_test_setup(the_whole_host, begin),
		cmocka_unit_test_setup(some_of_the_host_is_ignored, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
