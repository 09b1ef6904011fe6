/*
 * Whose resource a process has that was gone before anybody asked: by what the table knows, unless
 * that is about somebody else who has its number by now. Capture thread.
 */
#ifndef PROCESS_GONE_PROCESS_H
#define PROCESS_GONE_PROCESS_H

#include "process/process_table.h"

struct gone_process {
	pid_t tgid;
	uint64_t start_boottime_ns; /* 0: not known, nobody is another then */
	const char *name;           /* TASK_NAME_BYTES, as in the records */
};

/* A reference of the caller's own, never NULL. *ret_is_another: nothing that is known by its number
 * is about it. */
struct resource *gone_process_resource(struct process_table *table,
				       const struct identity_settings *settings,
				       const struct gone_process *gone, bool *ret_is_another);

#endif
