/* One component of a cgroup path: does a container runtime name it, which one, and whose container
 * or pod is it? Any text. */
#ifndef PROCESS_CONTAINER_COMPONENT_H
#define PROCESS_CONTAINER_COMPONENT_H

#include <stdbool.h>
#include "base/view.h"

#define POD_UID_BYTES 37

enum container_runtime {
	CONTAINER_RUNTIME_UNKNOWN, /* a container, but the path does not say whose */
	CONTAINER_RUNTIME_DOCKER,
	CONTAINER_RUNTIME_CONTAINERD,
	CONTAINER_RUNTIME_CRIO,
	CONTAINER_RUNTIME_PODMAN,
	CONTAINER_RUNTIME_CRUN, /* by hand, as runc: nobody above it */
	CONTAINER_RUNTIME_RUNC,
	CONTAINER_RUNTIME_NSPAWN,
	CONTAINER_RUNTIME_LXC,
	CONTAINER_RUNTIMES_COUNT,
};

/* "containerd", "cri-o", …; NULL: not known. */
const char *container_component_runtime_name(enum container_runtime runtime);

/*
 * parent: the path up to the component, "/docker"; escaped as the kernel has it. The id borrows
 * from the component; a machine's name may hold "\x2d" for '-'.
 */
bool container_component_read(struct view parent, struct view component, struct view *ret_id,
			      enum container_runtime *ret_runtime);

/* "kubepods-burstable-pod1b2c….slice", "pod1b2c…": the uid with '-' as the API server has it. */
bool container_component_pod(struct view component, char ret_uid[POD_UID_BYTES]);

#endif
