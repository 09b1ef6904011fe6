/* "0-3,8": how the kernel says which CPUs there are, in /sys/devices/system/cpu/online. */
#ifndef CAPTURE_CPU_LIST_H
#define CAPTURE_CPU_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include "base/view.h"

/* For each of the first `count` CPUs whether it is in the list. -EINVAL: it is no such list. */
int cpu_list_parse(struct view list, bool *ret_has, size_t count);

#endif
