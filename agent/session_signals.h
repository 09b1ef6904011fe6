/*
 * The signals of a session, read from a descriptor: nothing of ours runs in a handler. Capture
 * thread.
 */
#ifndef SESSION_SIGNALS_H
#define SESSION_SIGNALS_H

#include <stdbool.h>
#include <sys/types.h>

struct session_signals {
	int fd;
	bool is_interrupted; /* SIGINT, SIGTERM, and SIGHUP where there is nothing to reload */
	bool is_child_gone;  /* CMD of `run` has ended */
	bool wants_totals;   /* SIGUSR1; whoever answers takes it away */
	bool (*reload)(void *self); /* SIGHUP; false: this is no service */
	void *self;
};

/* Blocks them, and opens fd. -errno. */
int session_signals_open(struct session_signals *signals);

/*
 * What has come since. While a child is run (forward_to > 0), signals to stop are its business:
 * from the keyboard it got them as well, from a program they are passed on.
 */
void session_signals_take(struct session_signals *signals, pid_t forward_to);

#endif
