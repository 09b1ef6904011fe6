/* SIGPIPE of a write is sent to the writing thread: block it there, take it back if it came,
 * restore the mask. */
#include "exporters/sigpipe_guard.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <time.h>

static bool is_pending(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

void sigpipe_guard_begin(struct sigpipe_guard *guard)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGPIPE);
	guard->was_pending = is_pending();
	(void)pthread_sigmask(SIG_BLOCK, &set, &guard->previous_mask);
}

void sigpipe_guard_end(struct sigpipe_guard *guard)
{
	static const struct timespec no_wait;
	int saved_errno = errno;
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGPIPE);
	if (!guard->was_pending && is_pending())
		(void)sigtimedwait(&set, NULL, &no_wait);
	(void)pthread_sigmask(SIG_SETMASK, &guard->previous_mask, NULL);
	errno = saved_errno;
}
