/*
 * A child process that unwinds and symbolizes, because what it reads is hostile: its memory and
 * time are bounded by the kernel, it has no privileges, no network, and no way to write (seccomp).
 * The agent talks to it over a socket and never waits: jobs are queued, answers collected when the
 * descriptor is readable. When it dies or overruns its time over a file, that file is poison from
 * then on, the process is started anew and the job repeated without it. Capture thread.
 */
#ifndef UNWINDING_SYMBOL_PROCESS_H
#define UNWINDING_SYMBOL_PROCESS_H

#include "unwinding/unwind_job.h"

struct symbol_process;

struct symbol_process_settings {
	uint32_t max_jobs;         /* waiting, the one being worked on included */
	uint64_t max_memory_bytes; /* of the child */
	uint64_t job_timeout_ms;
	const char *debug_root; /* "/usr/lib/debug"; NULL: none */
};

/* answer NULL: it could not be done (the reason was logged). Called from symbol_process_poll. */
typedef void (*symbol_process_answer_fn)(void *self, uint64_t job_id,
					 const struct unwind_answer *answer);

/* Forks the child now, while the agent is still small and has no threads. */
int symbol_process_new(struct symbol_process **ret, const struct symbol_process_settings *settings,
		       symbol_process_answer_fn on_answer, void *self);
void symbol_process_free(struct symbol_process **process);

/* Encodes now: nothing of the job is used after the call; descriptors are duplicated. -EAGAIN: too
 * many are waiting. */
int symbol_process_submit(struct symbol_process *process, const struct unwind_job *job);

/* For epoll; may change after a restart (ask again after every poll). */
int symbol_process_fd(const struct symbol_process *process);

/* Sends, receives, restarts, times out: never blocks. The arena of each answer lives only during
 * its call of on_answer. */
void symbol_process_poll(struct symbol_process *process, uint64_t now_ns);

uint32_t symbol_process_waiting(const struct symbol_process *process);

#endif
