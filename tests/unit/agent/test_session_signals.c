/* What signals to this very process mean for a session. */
#include "cmocka_test.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "session_signals.h"

static bool is_service;

static bool reload(void *self)
{
	++*(int *)self;
	return is_service;
}

static void take(struct session_signals *signals, int number, pid_t forward_to)
{
	assert_int_equal(raise(number), 0);
	session_signals_take(signals, forward_to);
}

static void meanings(void **state)
{
	int reloads = 0;
	struct session_signals signals = {.fd = -1, .reload = reload, .self = &reloads};

	(void)state;
	assert_int_equal(session_signals_open(&signals), 0);
	session_signals_take(&signals, 0);
	assert_false(signals.is_interrupted || signals.wants_totals || signals.is_child_gone);
	take(&signals, SIGUSR1, 0);
	assert_true(signals.wants_totals);
	assert_false(signals.is_interrupted);
	is_service = true;
	take(&signals, SIGHUP, 0);
	assert_int_equal(reloads, 1);
	assert_false(signals.is_interrupted);
	is_service = false;
	take(&signals, SIGHUP, 0);
	assert_int_equal(reloads, 2);
	assert_true(signals.is_interrupted);
	signals.is_interrupted = false;
	take(&signals, SIGINT, 0);
	assert_true(signals.is_interrupted);
	signals.is_interrupted = false;
	take(&signals, SIGTERM, 0);
	assert_true(signals.is_interrupted);
	(void)close(signals.fd);
}

/* While a child is run they are for it, and its end is seen, but not taken from whoever waits. */
static void forwarded(void **state)
{
	int reloads = 0, status;
	struct session_signals signals = {.fd = -1, .reload = reload, .self = &reloads};
	pid_t child;

	(void)state;
	assert_int_equal(session_signals_open(&signals), 0);
	child = fork();
	if (child == 0) {
		sigset_t none;

		sigemptyset(&none);
		(void)signal(SIGTERM, SIG_DFL);
		(void)sigprocmask(SIG_SETMASK, &none, NULL);
		for (;;)
			(void)pause();
	}
	take(&signals, SIGTERM, child);
	assert_false(signals.is_interrupted);
	for (int i = 0; i < 1000 && !signals.is_child_gone; i++) {
		(void)usleep(1000);
		session_signals_take(&signals, child);
	}
	assert_true(signals.is_child_gone);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	(void)close(signals.fd);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(meanings),
		cmocka_unit_test(forwarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
