/* What the cgroup of a process says about who runs it: a container runtime or systemd. */
#ifndef PROCESS_CONTAINER_ID_H
#define PROCESS_CONTAINER_ID_H

#include <stdbool.h>
#include <stddef.h>
#include "base/view.h"
#include "process/container_component.h"

#define CONTAINER_ID_BYTES 80
#define UNIT_NAME_BYTES    256 /* systemd's own limit */

struct container_identity {
	char id[CONTAINER_ID_BYTES];
	enum container_runtime runtime;
	char pod_uid[POD_UID_BYTES]; /* empty: no pod of Kubernetes */
};

/*
 * The innermost container in the contents of /proc/PID/cgroup (version 1 and 2): 64 hex digits for
 * docker, containerd, CRI-O, podman and whatever kubelet runs, TASK-NUMBER for ECS, a garden
 * handle; a name for crun, runc, ctr, lxc and systemd-nspawn. False when there is none.
 */
bool container_id_read(struct view cgroup, struct container_identity *ret);

/*
 * The systemd unit, ".service" included and unescaped: "nginx.service",
 * "postgresql@15-main.service". False for sessions, user managers, scopes, and for units outside
 * the process's container.
 */
bool container_id_find_unit(struct view cgroup, char ret_unit[UNIT_NAME_BYTES]);

/* The path in the unified hierarchy (version 2), "/…". False: there is none. */
bool container_id_find_path(struct view cgroup, struct view *ret_path);

#endif
