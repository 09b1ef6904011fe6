/*
 * With whose rights a process opens files: what the kernel compares with a file's owner, group and
 * mode. A thread of ours can take them on for a moment, so that a path which the process named is
 * opened only when the process could have opened it: it may name a file that is none of its
 * business. What security modules would say is not asked.
 */
#ifndef PROCESS_PROCESS_IDENTITY_H
#define PROCESS_PROCESS_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MAX_IDENTITY_GROUPS 32

struct process_identity {
	bool is_known; /* false: nothing may be opened for it */
	/* It passes over the modes of files (CAP_DAC_READ_SEARCH) everywhere, as root does. */
	bool is_above_modes;
	uint32_t uid;
	uint32_t gid;
	uint32_t groups[MAX_IDENTITY_GROUPS]; /* those beyond are left out: less may be opened */
	uint32_t groups_count;
};

/* From ROOT/PID/status. A program that was started with more rights than whoever started it
 * (setuid, setgid) has no known one: what it prints may be its caller's words. */
void process_identity_read(const char *proc_root, pid_t pid, struct process_identity *ret);

/* What a thread had before. */
struct own_identity {
	uint32_t uid;
	uint32_t gid;
	gid_t *groups;
	int groups_count;
	int dumpable;
	uint64_t capabilities; /* effective ones */
	bool is_changed;
};

/* The calling thread opens files as that process from here on, other threads do not. 0, or -EPERM
 * with nothing changed. What it gave is given back with process_identity_return, always. */
int process_identity_take(const struct process_identity *identity, struct own_identity *ret);
void process_identity_return(struct own_identity *own);

#endif
