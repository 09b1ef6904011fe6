/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Threads of traced processes that wait, and those that have waited long enough and not yet come
 * back to user space. Key: thread id. Written when the scheduler takes a thread away and gives it
 * back, read when its system call returns. Full: the least recently used goes; an entry that cannot
 * be made is counted (DROP_OFF_CPU_UNNOTED). Not there where nobody asks for waits.
 */
#ifndef MAPS_OFF_CPU_THREADS_H
#define MAPS_OFF_CPU_THREADS_H

#include "lib/kernel_types.bpf.h"
#include <bpf/bpf_helpers.h>

struct off_cpu_thread {
	__u64 since_ns;    /* 0: it runs */
	__u64 blocked_ns;  /* long waits since its system call began */
	__s32 system_call; /* -1: it waits for a page, or stopped by a signal */
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, struct off_cpu_thread);
	__uint(max_entries, 16384);
} off_cpu_threads __weak SEC(".maps");

#endif
