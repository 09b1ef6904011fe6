/* A child finds them as this process did, whatever was done to them since. */
#include "cmocka_test.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/inherited_signals.h"

/* The mask of ignored signals, as the kernel tells it. */
static unsigned long long ignored(void)
{
	unsigned long long mask = 0;
	char line[128];
	FILE *file = fopen("/proc/self/status", "r");

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "SigIgn: %llx", &mask) == 1)
			break;
	if (file)
		(void)fclose(file);
	return mask;
}

static void set_raw(int number, void (*handler)(int))
{
	struct {
		void (*handler)(int);
		unsigned long rest[3];
	} action = {.handler = handler};

	assert_int_equal(syscall(SYS_rt_sigaction, number, &action, NULL, 8), 0);
}

static unsigned long long ignored_in_child(void)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		unsigned long long mask;

		inherited_signals_restore();
		mask = ignored();
		_exit((mask >> (SIGPIPE - 1) & 1) | (mask >> 31 & 1) << 1 | (mask >> 32 & 1) << 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return (unsigned long long)WEXITSTATUS(status);
}

static void *do_nothing(void *argument)
{
	return argument;
}

static void as_they_were(void **state)
{
	pthread_t thread;

	(void)state;
	for (int is_ignored = 0; is_ignored < 2; is_ignored++) {
		for (int number = 32; number <= 33; number++)
			set_raw(number, is_ignored ? SIG_IGN : SIG_DFL);
		(void)signal(SIGPIPE, is_ignored ? SIG_IGN : SIG_DFL);
		inherited_signals_note();
		(void)signal(SIGPIPE, is_ignored ? SIG_DFL : SIG_IGN);
		set_raw(33, is_ignored ? SIG_DFL : SIG_IGN);
		assert_int_equal(pthread_create(&thread, NULL, do_nothing, NULL), 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_int_equal(ignored_in_child(), is_ignored ? 7 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(as_they_were)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
