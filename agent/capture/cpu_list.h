/* "0-3,8": how the kernel says which CPUs there are, in /sys/devices/system/cpu/online. */
#ifndef CAPTURE_CPU_LIST_H
#define CAPTURE_CPU_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include "base/view.h"

#define MAX_CPU_LIST_BYTES 4096 /* a page: all that the kernel says */

/* How many there may ever be, at least those that there are. */
size_t cpu_list_count_possible(void);

/* What the kernel says now; empty where it does not. */
struct view cpu_list_online(char bytes[MAX_CPU_LIST_BYTES]);

/* For each of the first `count` CPUs whether it is in the list. -EINVAL: it is no such list. */
int cpu_list_parse(struct view list, bool *ret_has, size_t count);

#endif
