/* Which ends of processes are events. Capture thread. */
#ifndef CRASH_CRASH_WISHES_H
#define CRASH_CRASH_WISHES_H

#include "crash/raw_crash.h"
#include "process/process_table.h"
#include "settings/settings.h"

struct crash_wishes {
	const struct crash_settings *settings;
	struct process_table *processes;
	uint32_t command_tgid; /* of `run`; 0: none */
	uint32_t ignored_tgid; /* 0: none */
};

/* A fault that the runtime made an exception of loses that verdict here: the exit counts. */
bool crash_wishes_want(const struct crash_wishes *wishes, struct raw_crash *raw);

#endif
