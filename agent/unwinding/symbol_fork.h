/*
 * The life of the symbol process from outside: started, killed, reaped, without ever waiting for
 * it. Held by a process descriptor, so that no other process can be meant. One at a time, but those
 * killed before may still be on their way out.
 */
#ifndef UNWINDING_SYMBOL_FORK_H
#define UNWINDING_SYMBOL_FORK_H

#include <stdbool.h>
#include <stdint.h>
#include "unwinding/symbol_child.h"

#define MAX_DYING 8

struct symbol_fork {
	struct symbol_child_settings settings; /* socket_fd and parent are filled at every start */
	int process_fd;                        /* -1: none is running */
	int socket_fd;                         /* ours, non-blocking */
	int dying_fds[MAX_DYING];
	uint32_t dying_count;
};

/* The settings are copied; the culprit word is mapped here. */
int symbol_fork_init(struct symbol_fork *child, const struct symbol_child_settings *settings);
/* Waits for the killed: they cannot refuse. */
void symbol_fork_done(struct symbol_fork *child);

bool symbol_fork_is_running(const struct symbol_fork *child);
int symbol_fork_start(struct symbol_fork *child);
/* Kills it. Its culprit word stays until the next start. */
void symbol_fork_stop(struct symbol_fork *child);
/* Those killed before that are gone by now. */
void symbol_fork_reap(struct symbol_fork *child);

/* The key of the image it is reading, 0: none. */
uint64_t symbol_fork_culprit(const struct symbol_fork *child);

#endif
