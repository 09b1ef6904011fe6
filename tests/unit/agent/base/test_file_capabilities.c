/* Permitted becomes effective, and no more than that: tried on ourselves with the sets given away
 * first. */
#include "base/file_capabilities.h"

#include "cmocka_test.h"
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};

/* The exit code of a child that keeps `kept` of what it has, none of it effective, and raises it.
 */
static int raise_in_child(uint32_t kept)
{
	struct __user_cap_data_struct sets[2] = {{0}, {0}};
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		sets[0].permitted = kept;
		if (syscall(SYS_capset, &header, sets) < 0)
			_exit(10);
		if (file_capabilities_raise() < 0)
			_exit(11);
		if (syscall(SYS_capget, &header, sets) < 0)
			_exit(12);
		_exit(sets[0].effective == kept && sets[0].permitted == kept &&
				      sets[1].effective == 0
			      ? 0
			      : 13);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_permitted_becomes_effective(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(raise_in_child(1 << CAP_SYS_PTRACE | 1 << CAP_DAC_READ_SEARCH), 0);
}

/* Nobody's process has none and gets none. */
static void test_nothing_is_gained(void **state)
{
	(void)state;
	assert_int_equal(raise_in_child(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_permitted_becomes_effective),
		cmocka_unit_test(test_nothing_is_gained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
