/* What status says of a process, and whose map is taken: the user's own or root's, a plain file
 * only. */
#include "cmocka_test.h"
#include <errno.h>
#include "image_stage.h"
#include "process/perf_map.h"

static void check_status(const char *text, int expected, pid_t expected_pid, uid_t expected_uid)
{
	struct view copy = exact_copy(view_of_text(text));
	pid_t pid = -1;
	uid_t uid = 0;

	assert_int_equal(perf_map_parse_status(copy, 99, &pid, &uid), expected);
	assert_int_equal(pid, expected_pid);
	if (expected == 0)
		assert_int_equal(uid, expected_uid);
	free_copy(copy);
}

static void test_status(void **state)
{
	(void)state;
	check_status("Name:\tx\nUid:\t1\t2\t3\t4\nNSpid:\t99\t12\t7\n", 0, 7, 2);
	check_status("Uid:\t1\t2\t3\t4\n", 0, 99, 2);
	check_status("NSpid:\t99\n", -EINVAL, -1, 0);
	check_status("Uid:\t1\n", -EINVAL, -1, 0);
	check_status("Uid:\t1\t2\nNSpid:\tx\n", -EINVAL, -1, 0);
	check_status("Uid:\t1\t2\nNSpid:\t0\n", -EINVAL, -1, 0);
	check_status("Uid:\t1\t99999999999\nNSpid:\t1\n", -EINVAL, -1, 0);
	check_status("", -EINVAL, -1, 0);
}

static void test_files(void **state)
{
	struct fake_proc fake;
	char path[256];
	int fd;

	(void)state;
	fake_proc_begin(&fake);
	image_stage_add(&fake, 42);
	assert_int_equal(perf_map_open(fake.proc, 43), -ENOENT);
	assert_int_equal(perf_map_open(fake.proc, 42), -ENOENT);
	snprintf(path, sizeof(path), "%s/42/root/tmp/perf-7.map", fake.proc);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_true(perf_map_open(fake.proc, 42) < 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_int_equal(perf_map_open(fake.proc, 42), -EINVAL);
	assert_int_equal(unlink(path), 0);
	fake_proc_write(&fake, "proc/42/root/tmp/perf-7.map", "1 1 f\n", 6);
	fd = perf_map_open(fake.proc, 42);
	assert_true(fd >= 0);
	close(fd);
	if (getuid() == 0) {
		assert_int_equal(chown(path, 12345, 12345), 0);
		assert_int_equal(perf_map_open(fake.proc, 42), -EACCES);
	}
	fake_proc_end(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
