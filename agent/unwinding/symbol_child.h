/*
 * The symbol process from the inside: a loop of jobs in, answers out, in the sandbox. Never
 * returns; the agent's end of the socket closing is its end too.
 */
#ifndef UNWINDING_SYMBOL_CHILD_H
#define UNWINDING_SYMBOL_CHILD_H

#include <stdint.h>
#include <sys/types.h>

struct symbol_child_settings {
	int socket_fd;
	uint64_t max_memory_bytes;
	uint64_t job_timeout_ms;
	const char *debug_root;     /* NULL: none */
	volatile uint64_t *culprit; /* shared with the agent */
	pid_t parent;
};

_Noreturn void symbol_child_run(const struct symbol_child_settings *settings);

#endif
