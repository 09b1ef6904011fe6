/*
 * What keeps the symbol process harmless when a hostile file takes it over: no privileges, no
 * network, no other process, nothing written, bounded memory, time and descriptors. Entered once,
 * after everything that needs a library loaded or a file mapped executable.
 */
#ifndef UNWINDING_SYMBOL_SANDBOX_H
#define UNWINDING_SYMBOL_SANDBOX_H

#include <stdint.h>
#include <sys/types.h>

struct symbol_sandbox_settings {
	int socket_fd;             /* the only descriptor that may be written to */
	uint64_t max_memory_bytes; /* on top of what the process has now; 0: no bound */
	uint64_t max_files;
	pid_t parent; /* it dies with it */
};

/* 0 or -errno: then the process is half-way in and must exit. */
int symbol_sandbox_enter(const struct symbol_sandbox_settings *settings);

/* So many seconds of CPU time from now on, then SIGXCPU. Works inside too. */
int symbol_sandbox_allow_cpu(uint64_t seconds);

#endif
