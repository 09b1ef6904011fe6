/* Who tells the end of a process, when two of its threads may each take itself for the last. */
#include "host_programs.h"
#include "lib/process_death.bpf.h"

static struct signal_struct group;
static struct task_struct leader, worker;

static int begin(void **state)
{
	(void)state;
	host_begin();
	stub_map_add(5, &dead_processes, sizeof(struct dead_process), 1, 2);
	memset(&group, 0, sizeof(group));
	leader = (struct task_struct){.group_leader = &leader,
				      .signal = &group,
				      .start_boottime = 500,
				      .pid = 100,
				      .tgid = 100};
	worker = leader;
	worker.pid = 101;
	return 0;
}

static void one_of_two_last_threads(void **state)
{
	(void)state;
	assert_true(process_death_is_first(&worker));
	/* The worker may be reaped by now: nothing of the group says that there were two. */
	assert_false(process_death_is_first(&leader));
	assert_false(process_death_is_first(&worker));
}

static void a_number_used_again(void **state)
{
	(void)state;
	assert_true(process_death_is_first(&leader));
	leader.start_boottime = 900;
	assert_true(process_death_is_first(&leader));
	assert_false(process_death_is_first(&leader));
}

static void without_room_it_is_told(void **state)
{
	(void)state;
	for (__u64 start = 1; start < 6; start++) {
		leader.start_boottime = start;
		assert_true(process_death_is_first(&leader));
	}
}

static void as_wait_says_it(void **state)
{
	(void)state;
	leader.exit_code = 3 << 8;
	group.group_exit_code = 11;
	assert_int_equal(exit_code_of(&leader), 3 << 8);
	group.flags = SIGNAL_GROUP_EXIT;
	assert_int_equal(exit_code_of(&leader), 11);
	assert_true(ends_process(&leader));
	group.flags = 0;
	group.live.counter = 1;
	assert_false(ends_process(&leader));
	group.live.counter = 0;
	assert_true(ends_process(&leader));
}

/* Half of the ring is for those that may be crashes. */
static void crashes_have_room_of_their_own(void **state)
{
	(void)state;
	stub_ring.size = 1000;
	stub_ring.available = 500;
	assert_true(has_room(0, 0));
	stub_ring.available = 501;
	assert_false(has_room(0, 0));
	assert_false(has_room(3 << 8, 0));
	assert_true(has_room(2 << 8, 101));
	assert_true(has_room(11, 0));
	assert_true(has_room(0x80 | 6, 0));
	stub_ring.size = stub_ring.available = 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_of_two_last_threads, begin),
		cmocka_unit_test_setup(a_number_used_again, begin),
		cmocka_unit_test_setup(without_room_it_is_told, begin),
		cmocka_unit_test_setup(as_wait_says_it, begin),
		cmocka_unit_test_setup(crashes_have_room_of_their_own, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
