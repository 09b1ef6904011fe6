/* The counts of system calls out of the kernel's maps, summed over all CPUs. Capture thread. */
#ifndef CAPTURE_SYSCALL_COUNTER_H
#define CAPTURE_SYSCALL_COUNTER_H

#include "capture/probe_loader.h"
#include "model/syscall_count.h"

/* By total time. How many, at most MAX_SYSCALL_COUNTS; 0 also where nothing is counted. Names are
 * left to others. */
uint32_t syscall_counter_read(const struct probe_loader *loader,
			      struct syscall_count ret[MAX_SYSCALL_COUNTS]);

/* One errno of one call, of many: the most frequent ones are kept, in order. */
void syscall_counter_add_error(struct syscall_count *call, int number, uint64_t count);

#endif
