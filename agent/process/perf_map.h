/*
 * The map a JIT compiler writes of its code: /tmp/perf-PID.map as the process sees it, with the PID
 * it has there. Anybody may put a file there, so it must belong to the process's user or to root.
 */
#ifndef PROCESS_PERF_MAP_H
#define PROCESS_PERF_MAP_H

#include <sys/types.h>
#include "base/view.h"

/* A descriptor for reading, or -errno: -ENOENT when there is none, -EACCES when it is somebody
 * else's. */
int perf_map_open(const char *proc_root, pid_t tgid);

/* From /proc/PID/status: the innermost of NSpid (else tgid itself) and the effective uid. -EINVAL.
 */
int perf_map_parse_status(struct view status, pid_t tgid, pid_t *ret_pid, uid_t *ret_uid);

#endif
