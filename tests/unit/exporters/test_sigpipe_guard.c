/* A write to a closed pipe with the default action of SIGPIPE: the test survives it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <unistd.h>
#include "exporters/sigpipe_guard.h"

static void write_survives(void **state)
{
	struct sigpipe_guard guard;
	sigset_t mask, pending;
	int fds[2];

	(void)state;
	assert_true(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	sigpipe_guard_begin(&guard);
	errno = 0;
	assert_int_equal(write(fds[1], "x", 1), -1);
	sigpipe_guard_end(&guard);
	assert_int_equal(errno, EPIPE);
	close(fds[1]);
	assert_int_equal(sigpending(&pending), 0);
	assert_int_equal(sigismember(&pending, SIGPIPE), 0);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &mask), 0);
	assert_int_equal(sigismember(&mask, SIGPIPE), 0);
}

static void foreign_pending_signal_stays(void **state)
{
	struct sigpipe_guard guard;
	sigset_t set, pending;
	int signal_number;

	(void)state;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGPIPE);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
	assert_int_equal(raise(SIGPIPE), 0);
	sigpipe_guard_begin(&guard);
	sigpipe_guard_end(&guard);
	assert_int_equal(sigpending(&pending), 0);
	assert_int_equal(sigismember(&pending, SIGPIPE), 1);
	assert_int_equal(sigwait(&set, &signal_number), 0);
	assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &set, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write_survives),
		cmocka_unit_test(foreign_pending_signal_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
