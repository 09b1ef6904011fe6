/* Which unit of systemd a process belongs to, and which of its starts. Both are what the process
 * and its cgroup say: hostile. */
#ifndef PROCESS_SYSTEMD_UNIT_H
#define PROCESS_SYSTEMD_UNIT_H

#include <stdbool.h>
#include "base/view.h"
#include "process/container_id.h"

struct systemd_unit {
	char name[UNIT_NAME_BYTES]; /* "nginx.service" */
	char invocation_id[33];     /* 32 hex digits; "": not known */
};

#define SYSTEMD_UNITS_FOLDER "/run/systemd/units" /* what systemd tells of them */

/* The contents of /proc/PID/cgroup and /proc/PID/environ. False: not of a service's unit (a
 * session, a container). */
bool systemd_unit_find(struct view cgroup, struct view environment, const char *units_folder,
		       struct systemd_unit *ret);

#endif
