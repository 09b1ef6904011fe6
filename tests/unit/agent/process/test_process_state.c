/* Living, a zombie, gone; and a process whose main thread has ended. */
#include "process/process_state.h"

#include "cmocka_test.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_zombie(void **state)
{
	siginfo_t ended;
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT), 0);
	assert_true(process_state_is_dead(child));
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_true(process_state_is_dead(child));
	assert_false(process_state_is_dead(getpid()));
}

static void *wait_for_end(void *unused)
{
	(void)alarm(60);
	(void)pause();
	return unused;
}

static void test_main_thread_ended(void **state)
{
	pthread_t thread;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		(void)pthread_create(&thread, NULL, wait_for_end, NULL);
		pthread_exit(NULL);
	}
	(void)usleep(300000);
	assert_false(process_state_is_dead(child));
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zombie),
		cmocka_unit_test(test_main_thread_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
