/*
 * Keeps a write to a closed pipe or connection from killing the agent, whatever SIGPIPE does in
 * this process: `limpet run` must leave it as its child expects it. Around the write: begin, write,
 * end. One thread.
 */
#ifndef EXPORTERS_SIGPIPE_GUARD_H
#define EXPORTERS_SIGPIPE_GUARD_H

#include <signal.h>
#include <stdbool.h>

struct sigpipe_guard {
	sigset_t previous_mask;
	bool was_pending;
};

void sigpipe_guard_begin(struct sigpipe_guard *guard);

/* errno stays as it was. */
void sigpipe_guard_end(struct sigpipe_guard *guard);

#endif
