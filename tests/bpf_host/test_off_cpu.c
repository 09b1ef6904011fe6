/* Waits: long ones are told when the system call returns, with its stack, short ones never. */
#include "host_samples.h"

#define READ_CALL  0
#define FUTEX_CALL 202

static int begin(void **state)
{
	(void)state;
	host_begin_sample(2);
	host_registers()->orig_ax = FUTEX_CALL;
	return 0;
}

static void wait_for(__u64 from_ns, __u64 to_ns)
{
	off_cpu_leave(&host_task, from_ns);
	off_cpu_enter(&host_task, to_ns);
}

static void a_long_wait(void **state)
{
	const struct profile_sample_record *sample;

	(void)state;
	wait_for(5000, 6000);
	assert_int_equal(stub_ring.count, 0);
	off_cpu_return();
	sample = host_last_sample();
	assert_int_equal(sample->flags, SAMPLE_IS_OFF_CPU);
	assert_int_equal(sample->blocked_ns, 1000);
	assert_int_equal(sample->system_call, FUTEX_CALL);
	assert_int_equal(sample->pages_copied, 2);
	/* Once. */
	off_cpu_return();
	assert_int_equal(stub_ring.count, 3);
}

static void a_short_wait(void **state)
{
	(void)state;
	wait_for(5000, 5999);
	off_cpu_return();
	assert_int_equal(stub_ring.count, 0);
}

static void waits_of_one_call_are_one(void **state)
{
	(void)state;
	wait_for(5000, 7000);
	wait_for(7100, 7200);
	wait_for(8000, 9500);
	off_cpu_return();
	assert_int_equal(host_last_sample()->blocked_ns, 3500);
	assert_int_equal(host_drops(DROP_OFF_CPU_UNNOTED), 0);
}

static void what_was_not_seen_to_begin_has_no_length(void **state)
{
	(void)state;
	off_cpu_enter(&host_task, 9000);
	off_cpu_return();
	assert_int_equal(stub_ring.count, 0);
	/* Nor the end of a wait that ended. */
	wait_for(10000, 12000);
	off_cpu_enter(&host_task, 20000);
	off_cpu_return();
	assert_int_equal(host_last_sample()->blocked_ns, 2000);
}

/* A page of a file: when the next call returns, the stack is another. */
static void a_wait_outside_of_a_call_has_no_stack(void **state)
{
	const struct profile_sample_record *sample;

	(void)state;
	host_registers()->orig_ax = -1ul;
	wait_for(5000, 7000);
	off_cpu_return();
	sample = host_last_sample();
	assert_int_equal(stub_ring.count, 1);
	assert_int_equal(sample->flags, SAMPLE_IS_OFF_CPU | SAMPLE_HAS_NO_STACK);
	assert_int_equal(sample->blocked_ns, 2000);
	assert_int_equal(sample->system_call, -1);
}

static void what_another_call_waited_is_counted(void **state)
{
	(void)state;
	wait_for(5000, 7000);
	host_registers()->orig_ax = READ_CALL;
	wait_for(8000, 9000);
	off_cpu_return();
	assert_int_equal(host_last_sample()->blocked_ns, 1000);
	assert_int_equal(host_last_sample()->system_call, READ_CALL);
	assert_int_equal(host_drops(DROP_OFF_CPU_UNNOTED), 1);
}

static void a_full_table(void **state)
{
	struct task_struct others[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		others[i] = host_task;
		others[i].pid = 200 + i;
		off_cpu_leave(&others[i], 5000);
	}
	assert_int_equal(host_drops(DROP_OFF_CPU_UNNOTED), 1);
}

static void a_full_ring_is_counted_once(void **state)
{
	(void)state;
	stub_ring.full_map = &profile_samples;
	wait_for(5000, 7000);
	off_cpu_return();
	off_cpu_return();
	assert_int_equal(host_drops(DROP_PROFILE_RING_FULL), 1);
	assert_int_equal(stub_ring.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_long_wait, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(a_short_wait, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(waits_of_one_call_are_one, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(what_was_not_seen_to_begin_has_no_length, begin,
						host_end_sample),
		cmocka_unit_test_setup_teardown(a_wait_outside_of_a_call_has_no_stack, begin,
						host_end_sample),
		cmocka_unit_test_setup_teardown(what_another_call_waited_is_counted, begin,
						host_end_sample),
		cmocka_unit_test_setup_teardown(a_full_table, begin, host_end_sample),
		cmocka_unit_test_setup_teardown(a_full_ring_is_counted_once, begin,
						host_end_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
