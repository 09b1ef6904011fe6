/* Reading a folder that looks like /proc, hostile names and truncated files included. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include "base/clock.h"
#include "fake_proc.h"
#include "process/proc_reader.h"

static struct fake_proc fake;
static struct proc_reader reader;
static struct proc_snapshot snapshot;

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	return proc_reader_init(&reader, fake.proc);
}

static int end(void **state)
{
	(void)state;
	fake_proc_end(&fake);
	return 0;
}

static void assert_view(struct view found, const char *expected)
{
	assert_int_equal(found.size, strlen(expected));
	assert_memory_equal(found.bytes, expected, found.size);
}

static void test_snapshot(void **state)
{
	(void)state;
	fake_proc_add(&fake, 17, "shop", 250, "/usr/bin/shop (deleted)", 1001);
	fake_proc_file(&fake, 17, "cmdline", "shop\0-x\0", 8);
	fake_proc_file(&fake, 17, "environ", "A=b\0", 4);
	fake_proc_file(&fake, 17, "cgroup", "0::/x\n", 6);
	assert_int_equal(proc_reader_snapshot(&reader, 17, &snapshot), 0);
	assert_string_equal(snapshot.name, "shop");
	assert_int_equal(snapshot.start_boottime_ns, 250 * (NS_PER_S / reader.ticks_per_second));
	assert_true(snapshot.has_uid);
	assert_int_equal(snapshot.uid, 1001);
	assert_view(snapshot.executable_path, "/usr/bin/shop");
	assert_true(snapshot.is_executable_deleted);
	assert_int_equal(snapshot.command_line.size, 8);
	assert_int_equal(snapshot.environment.size, 4);
	assert_view(snapshot.cgroup, "0::/x\n");
}

static void test_missing_files_are_empty(void **state)
{
	(void)state;
	fake_proc_add(&fake, 18, "x", 1, "/x", 0);
	assert_int_equal(proc_reader_snapshot(&reader, 18, &snapshot), 0);
	assert_int_equal(snapshot.command_line.size, 0);
	assert_int_equal(snapshot.environment.size, 0);
	assert_false(snapshot.is_executable_deleted);
}

static void test_no_such_process(void **state)
{
	uint64_t start_ns = 42;

	(void)state;
	assert_int_equal(proc_reader_snapshot(&reader, 999, &snapshot), -ENOENT);
	assert_int_equal(proc_reader_start_time(&reader, 999, &start_ns), -ENOENT);
	assert_int_equal(start_ns, 42);
	assert_int_equal(proc_reader_open_executable(&reader, 999), -ENOENT);
}

static void test_hostile_name(void **state)
{
	(void)state;
	fake_proc_add(&fake, 19, ") S 1 (a b\n) R ", 77, "/x", 0);
	assert_int_equal(proc_reader_snapshot(&reader, 19, &snapshot), 0);
	assert_string_equal(snapshot.name, ") S 1 (a b\n) R ");
	assert_int_equal(snapshot.start_boottime_ns, 77 * (NS_PER_S / reader.ticks_per_second));
}

static void test_stat_cut_anywhere(void **state)
{
	static const char stat[] = "20 (x) S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 55 9 9";
	uint64_t start_ns;

	(void)state;
	fake_proc_add(&fake, 20, "x", 1, "/x", 0);
	for (size_t cut = 0; cut < strlen(stat); cut++) {
		fake_proc_file(&fake, 20, "stat", stat, cut);
		if (proc_reader_start_time(&reader, 20, &start_ns) == 0)
			assert_true(cut >= strlen(stat) - 5);
	}
	fake_proc_file(&fake, 20, "stat", "20 )x( S 1", 10);
	assert_int_equal(proc_reader_start_time(&reader, 20, &start_ns), -EINVAL);
}

static void test_caps(void **state)
{
	static char large[MAX_ENVIRONMENT_BYTES + 1000];

	(void)state;
	memset(large, 'e', sizeof(large));
	fake_proc_add(&fake, 21, "x", 1, "/x", 0);
	fake_proc_file(&fake, 21, "environ", large, sizeof(large));
	fake_proc_file(&fake, 21, "cmdline", large, sizeof(large));
	fake_proc_file(&fake, 21, "cgroup", large, sizeof(large));
	assert_int_equal(proc_reader_snapshot(&reader, 21, &snapshot), 0);
	assert_int_equal(snapshot.environment.size, MAX_ENVIRONMENT_BYTES);
	assert_int_equal(snapshot.command_line.size, MAX_COMMAND_LINE_BYTES);
	assert_int_equal(snapshot.cgroup.size, MAX_CGROUP_BYTES);
}

static void test_bad_status(void **state)
{
	(void)state;
	fake_proc_add(&fake, 22, "x", 1, "/x", 0);
	fake_proc_file(&fake, 22, "status", "Uid:\t1\t99999999999\t1\n", 21);
	assert_int_equal(proc_reader_snapshot(&reader, 22, &snapshot), 0);
	assert_false(snapshot.has_uid);
}

static void test_this_process(void **state)
{
	struct proc_reader real;
	uint64_t start_ns;
	char path[300];

	(void)state;
	assert_int_equal(proc_reader_init(&real, "/proc"), 0);
	assert_int_equal(proc_reader_snapshot(&real, getpid(), &snapshot), 0);
	assert_true(view_ends_with(snapshot.executable_path, VIEW_LITERAL("test_proc_reader")));
	assert_int_equal(snapshot.uid, geteuid());
	assert_int_equal(proc_reader_start_time(&real, getpid(), &start_ns), 0);
	assert_int_equal(start_ns, snapshot.start_boottime_ns);
	assert_true(proc_reader_same_tick(&real, start_ns, start_ns + 1));
	assert_false(proc_reader_same_tick(&real, start_ns, start_ns - 1));
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(proc_reader_init(&real, path), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_snapshot),
		cmocka_unit_test(test_missing_files_are_empty),
		cmocka_unit_test(test_no_such_process),
		cmocka_unit_test(test_hostile_name),
		cmocka_unit_test(test_stat_cut_anywhere),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_bad_status),
		cmocka_unit_test(test_this_process),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
