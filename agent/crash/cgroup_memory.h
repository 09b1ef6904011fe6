/* How much memory a process's control group may use and uses: read when the OOM killer struck, if
 * the group is still there. */
#ifndef CRASH_CGROUP_MEMORY_H
#define CRASH_CGROUP_MEMORY_H

#include <stdint.h>
#include "base/view.h"

struct cgroup_memory {
	uint64_t limit_bytes; /* 0: none, or not known */
	uint64_t usage_bytes; /* the highest, where the kernel tells that, else now */
	uint64_t oom_kills;   /* since the group was made */
};

/* mount: "/sys/fs/cgroup". path: of the group below it, "/" first, hostile. The nearest group with
 * a limit counts. */
void cgroup_memory_read(const char *mount, struct view path, struct cgroup_memory *ret);

#endif
