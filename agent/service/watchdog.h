/*
 * How often a service manager wants to hear that we live, by WATCHDOG_USEC and WATCHDOG_PID as
 * sd_watchdog_enabled(3) has them. Who calls watchdog_is_due decides whether we do. Main thread.
 */
#ifndef SERVICE_WATCHDOG_H
#define SERVICE_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct watchdog {
	uint64_t interval_ns; /* half of what is allowed; 0: nobody looks */
	uint64_t next_ns;
};

/* usec and pid: the variables, NULL when they are not set; own: our process id. */
void watchdog_init(struct watchdog *watchdog, const char *usec, const char *pid, pid_t own);

/* True once per interval, at the first call too. */
bool watchdog_is_due(struct watchdog *watchdog, uint64_t now_ns);

#endif
