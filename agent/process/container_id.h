/* What the cgroup of a process says about who runs it: a container runtime or systemd. */
#ifndef PROCESS_CONTAINER_ID_H
#define PROCESS_CONTAINER_ID_H

#include <stdbool.h>
#include <stddef.h>
#include "base/view.h"

#define CONTAINER_ID_BYTES 65
#define UNIT_NAME_BYTES    256 /* systemd's own limit */

/*
 * The container id in the contents of /proc/PID/cgroup (version 1 and 2): 64 hex digits for docker,
 * containerd, CRI-O, podman and whatever kubelet runs, TASK-NUMBER for ECS, a garden handle. False
 * when there is none.
 */
bool container_id_find(struct view cgroup, char ret_id[CONTAINER_ID_BYTES]);

/*
 * The systemd unit, ".service" included and unescaped: "nginx.service",
 * "postgresql@15-main.service". False for sessions, user managers, scopes, and for units outside
 * the process's container.
 */
bool container_id_find_unit(struct view cgroup, char ret_unit[UNIT_NAME_BYTES]);

/* The path in the unified hierarchy (version 2), "/…". False: there is none. */
bool container_id_find_path(struct view cgroup, struct view *ret_path);

#endif
