/* Names of this machine's calls; every row is its own. */
#include "crash/syscall_name.h"

#include <sys/syscall.h>
#include "cmocka_test.h"

static void known_calls(void **state)
{
	(void)state;
	assert_string_equal(syscall_name_of(SYS_read), "read");
	assert_string_equal(syscall_name_of(SYS_openat), "openat");
	assert_string_equal(syscall_name_of(SYS_connect), "connect");
	assert_string_equal(syscall_name_of(SYS_futex), "futex");
	assert_string_equal(syscall_name_of(SYS_setpriority), "setpriority");
	assert_string_equal(syscall_name_of(SYS_clone3), "clone3");
#if defined(__x86_64__)
	assert_string_equal(syscall_name_of(2), "open");
	assert_string_equal(syscall_name_of(9), "mmap");
#endif
}

static void others(void **state)
{
	(void)state;
	assert_string_equal(syscall_name_of(100000), "unknown system call");
	assert_string_equal(syscall_name_of(0xffffffff), "unknown system call");
	assert_null(syscall_name_find(100000));
	assert_string_equal(syscall_name_find(SYS_getppid), "getppid");
}

/* A number that stands for two names would show the wrong one. */
static void no_name_twice(void **state)
{
	const char *names[600];

	(void)state;
	for (unsigned int i = 0; i < 600; i++) {
		names[i] = syscall_name_of(i);
		for (unsigned int j = 0; j < i; j++)
			if (names[j] == names[i] && strcmp(names[i], "unknown system call") != 0)
				fail_msg("%s is both %u and %u", names[i], j, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_calls),
		cmocka_unit_test(others),
		cmocka_unit_test(no_name_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
